using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>Packets for LAN devices, as frames written to the TUN device.</summary>
internal sealed unsafe class LanSink(TunDevice tun, NodeHost host) : ILanSink, IDisposable
{
    private readonly TunFrame _frame = new();
    private byte* _run;

    public Span<byte> Header => _frame.Headers;

    public bool TakesDatagramRuns => tun.CanSegmentUdp;

    // Runs lie in the sockets' native buffers, which stay where they are until the frame is sent.
    public void BeginFrame(in ReceivedRun run)
    {
        _frame.Clear();
        _run = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(run.Buffer));
    }

    public void Append(int offset, int length)
    {
        if (length > 0 && !_frame.TryAppend(new ReadOnlySpan<byte>(_run + offset, length)))
        {
            throw new InvalidOperationException("The frame has more slices than the router may give it.");
        }
    }

    public void EndFrame(int headerLength, in Offload offload)
    {
        var virtio = offload switch
        {
            { SegmentSize: > 0 } => VirtioNetHeader.SuperPacket(
                offload.ChecksumOffset == Udp.ChecksumAt ? VirtioGso.UdpL4 : VirtioGso.TcpV4,
                offload.ChecksumStart, offload.ChecksumOffset, offload.HeaderLength - offload.ChecksumStart, offload.SegmentSize),
            { ChecksumStart: > 0 } => VirtioNetHeader.Partial(offload.ChecksumStart, offload.ChecksumOffset),
            _ => default,
        };
        if (tun.Write(virtio, _frame, headerLength) != 0)
        {
            host.CountDrops(DropReason.LanRefused, 1);
        }
    }

    public void Dispose() => _frame.Dispose();
}
