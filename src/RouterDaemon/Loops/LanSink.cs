using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>Packets for LAN devices, as frames written to the TUN device.</summary>
internal sealed unsafe class LanSink(TunDevice tun, NodeHost host) : ILanSink, IDisposable
{
    private readonly TunFrame[] _frames = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new TunFrame())];
    private byte* _run; // frames never outlive their run, so all that are open have the same one

    public bool TakesDatagramRuns => tun.CanSegmentUdp;

    public Span<byte> Header(int frame) => _frames[frame].Headers;

    // Runs lie in the sockets' native buffers, which stay where they are until the frame is sent.
    public void BeginFrame(int frame, in ReceivedRun run)
    {
        _frames[frame].Clear();
        _run = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(run.Buffer));
    }

    public void Append(int frame, int offset, int length)
    {
        if (length > 0 && !_frames[frame].TryAppend(new ReadOnlySpan<byte>(_run + offset, length)))
        {
            throw new InvalidOperationException("The frame has more slices than the router may give it.");
        }
    }

    public void EndFrame(int frame, int headerLength, in Offload offload)
    {
        var virtio = offload switch
        {
            { SegmentSize: > 0 } => VirtioNetHeader.SuperPacket(
                offload.ChecksumOffset == Udp.ChecksumAt ? VirtioGso.UdpL4
                    : offload.ChecksumStart == Ipv6.HeaderLength ? VirtioGso.TcpV6 : VirtioGso.TcpV4,
                offload.ChecksumStart, offload.ChecksumOffset, offload.HeaderLength - offload.ChecksumStart, offload.SegmentSize),
            { ChecksumStart: > 0 } => VirtioNetHeader.Partial(offload.ChecksumStart, offload.ChecksumOffset),
            _ => default,
        };
        if (tun.Write(virtio, _frames[frame], headerLength) != 0)
        {
            host.CountDrops(DropReason.LanRefused, 1);
        }
    }

    public void Dispose() => Array.ForEach(_frames, frame => frame.Dispose());
}
