using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Joins neighbouring TCP segments of one received run into a frame that the kernel's TCP sees as one (what GRO does).
/// Only segments with partial checksums are joined: their payload is authenticated and nobody has a checksum to lose.
/// The frame's headers stand in the sink's header room until it is sent.
/// </summary>
internal sealed class SegmentJoiner
{
    private const int LongestFrame = 65535;

    // A frame is written as one vector of slices, which has room for 64.
    private const int MaximumSegments = 60;

    private FlowContext? _context;
    private int _tcpLength;
    private int _segmentSize;
    private int _payload;
    private int _segments;
    private uint _nextSequence;

    /// <summary>Takes one opened TCP segment with a partial checksum.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="header">Its inner header.</param>
    /// <param name="run">The run it came in.</param>
    /// <param name="at">Where in the run its TCP header begins.</param>
    /// <param name="segment">TCP header and payload.</param>
    /// <param name="lan">Takes the frames.</param>
    public void Add(FlowContext context, in DataHeader header, in ReceivedRun run, int at, in Tcp segment, ILanSink lan)
    {
        var payload = segment.Payload.Length;
        if (!Continues(context, in header, in segment, lan.Header))
        {
            Flush(lan);
            Open(context, in header, in run, in segment, lan);
        }

        lan.Append(at + _tcpLength, payload);
        _payload += payload;
        _segments++;
        _nextSequence += (uint)payload;
        lan.Header[Ipv4.MinimumHeaderLength + Tcp.FlagsAt] |= (byte)(segment.Flags & TcpFlags.Psh);
        if (payload < _segmentSize || payload == 0 || segment.Flags != TcpFlags.Ack)
        {
            Flush(lan);
        }
    }

    /// <summary>Sends the open frame, if any. Called at the end of each run at the latest.</summary>
    public void Flush(ILanSink lan)
    {
        if (_context is not { } context)
        {
            return;
        }

        var ip = lan.Header[..Ipv4.MinimumHeaderLength];
        var length = _tcpLength + _payload;
        BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4.TotalLengthAt..], (ushort)(ip.Length + length));
        Ipv4.WriteChecksum(ip);
        InnerPacket.WritePartial(lan.Header[ip.Length..], IpProtocol.Tcp, context.Virtual, context.Local.Address, length);
        lan.EndFrame(
            ip.Length + _tcpLength,
            new Offload(ip.Length, Tcp.ChecksumAt, _segments > 1 ? _segmentSize : 0, ip.Length + _tcpLength));
        _context = null;
    }

    private void Open(FlowContext context, in DataHeader header, in ReceivedRun run, in Tcp segment, ILanSink lan)
    {
        lan.BeginFrame(in run);
        _context = context;
        _tcpLength = segment.HeaderLength;
        _segmentSize = segment.Payload.Length;
        _payload = _segments = 0;
        _nextSequence = segment.Sequence;
        Ipv4.Write(lan.Header, context.Virtual, context.Local.Address, IpProtocol.Tcp, 0, header.TimeToLive, header.Ecn);
        segment.Bytes[.._tcpLength].CopyTo(lan.Header[Ipv4.MinimumHeaderLength..]);
    }

    private bool Continues(FlowContext context, in DataHeader header, in Tcp segment, Span<byte> open)
    {
        if (_context != context || segment.Sequence != _nextSequence || segment.HeaderLength != _tcpLength
            || segment.Payload.Length > _segmentSize || (segment.Flags & ~TcpFlags.Psh) != TcpFlags.Ack
            || _segments >= MaximumSegments
            || Ipv4.MinimumHeaderLength + _tcpLength + _payload + segment.Payload.Length > LongestFrame)
        {
            return false;
        }

        // Ports; acknowledgement; window; urgent pointer and options; TTL and ECN: all as in the frame's first segment.
        var tcp = open.Slice(Ipv4.MinimumHeaderLength, _tcpLength);
        return open[Ipv4.TosAt] == header.Ecn && open[Ipv4.TimeToLiveAt] == header.TimeToLive
            && segment.Bytes[..Tcp.SequenceAt].SequenceEqual(tcp[..Tcp.SequenceAt])
            && segment.Bytes[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt].SequenceEqual(tcp[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt])
            && segment.Window == BinaryPrimitives.ReadUInt16BigEndian(tcp[Tcp.WindowAt..])
            && segment.Options.SequenceEqual(tcp[Tcp.MinimumHeaderLength..]);
    }
}
