using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>Builds the frames and does what the kernel does behind a TUN device: completes partial checksums and cuts super-packets.</summary>
internal sealed unsafe class MemoryLanSink(Action<byte[]> deliver) : ILanSink
{
    private readonly byte[][] _headers = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new byte[128])];
    private readonly List<Range>[] _slices = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new List<Range>())];
    private byte[] _run = [];
    private byte* _elsewhere; // a packet that came in parts lies in pinned memory of the router's
    private int _elsewhereLength;

    public Span<byte> Header(int frame) => _headers[frame];

    public bool TakesDatagramRuns => true;

    /// <summary>The buffer of the run that comes next.</summary>
    public void Use(byte[] run) => _run = run;

    public void BeginFrame(int frame, in ReceivedRun run)
    {
        _slices[frame].Clear();
        _elsewhere = run.Buffer.Overlaps(_run) ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(run.Buffer));
        _elsewhereLength = run.Buffer.Length;
    }

    public void Append(int frame, int offset, int length) => _slices[frame].Add(offset..(offset + length));

    // The slices are read only now: what is rewritten in place while the frame is open counts.
    public void EndFrame(int frame, int headerLength, in Offload offload)
    {
        byte[] packet = [.. _headers[frame].AsSpan(0, headerLength), .. _slices[frame].SelectMany(Slice)];
        if (offload.SegmentSize > 0)
        {
            Cut(packet, in offload);
        }
        else
        {
            Complete(packet, in offload);
            deliver(packet);
        }
    }

    private byte[] Slice(Range slice) => _elsewhere is null ? _run[slice] : new Span<byte>(_elsewhere, _elsewhereLength)[slice].ToArray();

    private static void Complete(byte[] packet, in Offload offload)
    {
        if (offload.ChecksumStart > 0)
        {
            var covered = packet.AsSpan(offload.ChecksumStart);
            var checksum = Checksum.Compute(covered);
            BinaryPrimitives.WriteUInt16BigEndian(covered[offload.ChecksumOffset..], checksum == 0 ? (ushort)0xFFFF : checksum);
        }
    }

    private void Cut(byte[] packet, in Offload offload)
    {
        var header = packet.AsSpan(0, offload.HeaderLength);
        for (var at = offload.HeaderLength; at < packet.Length; at += offload.SegmentSize)
        {
            var length = Math.Min(offload.SegmentSize, packet.Length - at);
            byte[] segment = [.. header, .. packet.AsSpan(at, length)];
            var transport = segment.AsSpan(offload.ChecksumStart);
            if (offload.ChecksumOffset == Udp.ChecksumAt)
            {
                BinaryPrimitives.WriteUInt16BigEndian(transport[Udp.LengthAt..], (ushort)transport.Length);
            }
            else
            {
                ContinueTcp(transport, at - offload.HeaderLength, at + length == packet.Length);
            }

            BinaryPrimitives.WriteUInt16BigEndian(transport[offload.ChecksumOffset..], FinishIp(segment, offload.ChecksumStart));
            Complete(segment, in offload);
            deliver(segment);
        }
    }

    // Length and header checksum; returns the pseudo-header's sum.
    private static ushort FinishIp(byte[] segment, int headerLength)
    {
        var length = segment.Length - headerLength;
        if (headerLength == Ipv6.HeaderLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(Ipv6.PayloadLengthAt), (ushort)length);
            Ipv6.TryRead(segment, out var ip6);
            return Checksum.PseudoHeader(ip6.Source, ip6.Destination, ip6.Protocol, length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(Ipv4.TotalLengthAt), (ushort)segment.Length);
        Ipv4.WriteChecksum(segment.AsSpan(0, headerLength));
        Ipv4.TryRead(segment, out var ip);
        return Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, length);
    }

    private static void ContinueTcp(Span<byte> tcp, int offset, bool isLast)
    {
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[Tcp.SequenceAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Tcp.SequenceAt..], sequence + (uint)offset);
        tcp[Tcp.FlagsAt] = isLast ? tcp[Tcp.FlagsAt] : (byte)(tcp[Tcp.FlagsAt] & ~(byte)(TcpFlags.Psh | TcpFlags.Fin));
    }
}
