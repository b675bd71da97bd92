using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Joins neighbouring TCP segments, or UDP datagrams, of one received run into a frame that the kernel forwards as one (what GRO does);
/// the LAN gets the single packets again. Only packets with partial checksums are joined: their payload is authenticated and nobody has
/// a checksum to lose. The frame's headers stand in the sink's header room until it is sent.
/// </summary>
internal sealed class FrameJoiner
{
    private const int LongestFrame = 65535;

    // A frame is written as one vector of slices, which has room for 64.
    private const int MaximumSegments = 60;

    private FlowContext? _context;
    private byte _protocol;
    private int _headerLength;
    private int _segmentSize;
    private int _payload;
    private int _segments;
    private uint _nextSequence;
    private bool _mayFragment;
    private ushort _identification;

    /// <summary>Takes identifications in a row for packets that may be fragmented behind this router (RFC 6864 §4.2); the first is returned.</summary>
    public ushort TakeIdentifications(int count)
    {
        var first = _identification;
        _identification += (ushort)count;
        return first;
    }

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
        if (!Fits(context, in header, payload, lan) || !Continues(in segment, lan.Header))
        {
            Open(context, in header, in run, segment.Bytes[..segment.HeaderLength], payload, lan);
            _nextSequence = segment.Sequence;
        }

        Append(at, payload, lan);
        _nextSequence += (uint)payload;
        lan.Header[Ipv4.MinimumHeaderLength + Tcp.FlagsAt] |= (byte)(segment.Flags & TcpFlags.Psh);
        if (payload < _segmentSize || payload == 0 || segment.Flags != TcpFlags.Ack)
        {
            Flush(lan);
        }
    }

    /// <summary>Takes one opened UDP datagram with a partial checksum, for a LAN that takes runs of them.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="header">Its inner header.</param>
    /// <param name="run">The run it came in.</param>
    /// <param name="at">Where in the run its UDP header begins.</param>
    /// <param name="datagram">UDP header and payload.</param>
    /// <param name="lan">Takes the frames.</param>
    public void Add(FlowContext context, in DataHeader header, in ReceivedRun run, int at, in Udp datagram, ILanSink lan)
    {
        var payload = datagram.Payload.Length;
        if (!Fits(context, in header, payload, lan) || !Continues(in datagram, lan.Header))
        {
            Open(context, in header, in run, datagram.Bytes[..Udp.HeaderLength], payload, lan);
        }

        Append(at, payload, lan);
        if (payload < _segmentSize || payload == 0)
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
        var transport = lan.Header.Slice(ip.Length, _headerLength);
        var length = _headerLength + _payload;
        BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4.TotalLengthAt..], (ushort)(ip.Length + length));
        if (_mayFragment)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[Ipv4.IdentificationAt..], TakeIdentifications(_segments));
        }

        Ipv4.WriteChecksum(ip);
        if (_protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[Udp.LengthAt..], (ushort)length);
        }

        InnerPacket.WritePartial(transport, _protocol, context.Virtual, context.Local.Address, length);
        lan.EndFrame(
            ip.Length + _headerLength,
            new Offload(ip.Length, InnerPacket.ChecksumOffset(_protocol), _segments > 1 ? _segmentSize : 0, ip.Length + _headerLength));
        _context = null;
    }

    private void Open(
        FlowContext context, in DataHeader header, in ReceivedRun run, ReadOnlySpan<byte> transportHeader, int payload, ILanSink lan)
    {
        Flush(lan);
        lan.BeginFrame(in run);
        _context = context;
        _protocol = header.Protocol;
        _mayFragment = header.MayFragment;
        _headerLength = transportHeader.Length;
        _segmentSize = payload;
        _payload = _segments = 0;
        Ipv4.Write(
            lan.Header, context.Virtual, context.Local.Address, header.Protocol, 0, header.TimeToLive, header.Ecn,
            dontFragment: !header.MayFragment);
        transportHeader.CopyTo(lan.Header[Ipv4.MinimumHeaderLength..]);
    }

    private void Append(int at, int payload, ILanSink lan)
    {
        lan.Append(at + _headerLength, payload);
        _payload += payload;
        _segments++;
    }

    // Context, protocol, DF, TTL and ECN as in the open frame's first packet, and room for one more.
    private bool Fits(FlowContext context, in DataHeader header, int payload, ILanSink lan) =>
        _context == context && header.Protocol == _protocol && header.MayFragment == _mayFragment && payload <= _segmentSize && _segments < MaximumSegments
        && Ipv4.MinimumHeaderLength + _headerLength + _payload + payload <= LongestFrame
        && lan.Header[Ipv4.TosAt] == header.Ecn && lan.Header[Ipv4.TimeToLiveAt] == header.TimeToLive;

    // Ports; acknowledgement; window; urgent pointer and options: all as in the frame's first segment.
    private bool Continues(in Tcp segment, Span<byte> open)
    {
        if (segment.Sequence != _nextSequence || segment.HeaderLength != _headerLength || (segment.Flags & ~TcpFlags.Psh) != TcpFlags.Ack)
        {
            return false;
        }

        var tcp = open.Slice(Ipv4.MinimumHeaderLength, _headerLength);
        return segment.Bytes[..Tcp.SequenceAt].SequenceEqual(tcp[..Tcp.SequenceAt])
            && segment.Bytes[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt].SequenceEqual(tcp[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt])
            && segment.Window == BinaryPrimitives.ReadUInt16BigEndian(tcp[Tcp.WindowAt..])
            && segment.Options.SequenceEqual(tcp[Tcp.MinimumHeaderLength..]);
    }

    private static bool Continues(in Udp datagram, Span<byte> open) =>
        datagram.Bytes[..Udp.LengthAt].SequenceEqual(open.Slice(Ipv4.MinimumHeaderLength, Udp.LengthAt));
}
