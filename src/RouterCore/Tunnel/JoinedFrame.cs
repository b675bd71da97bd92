using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>One frame of <see cref="FrameJoiner"/>. Its headers stand in the sink's header room until it is sent; there the next packet is compared.</summary>
/// <param name="number">Which of the sink's frames.</param>
internal sealed class JoinedFrame(int number)
{
    private const int LongestFrame = 65535;

    // A frame is written as one vector of slices, which has room for 64.
    private const int MaximumSegments = 60;

    private FlowContext? _context;
    private byte _protocol;
    private byte _ecn;
    private byte _timeToLive;
    private int _ipLength; // of the IP header
    private int _headerLength; // of the transport header
    private int _segmentSize;
    private int _payload;
    private uint _nextSequence;

    public bool IsOpen => _context is not null;

    public int Segments { get; private set; }

    /// <summary>DF is not set.</summary>
    public bool MayFragment { get; private set; }

    /// <summary>Whether the frame is open and of this flow.</summary>
    /// <param name="context">The flow's context.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="transport">Transport header; its ports are compared.</param>
    /// <param name="lan">Has the frame's headers.</param>
    public bool IsOf(FlowContext context, byte protocol, ReadOnlySpan<byte> transport, ILanSink lan) =>
        _context == context && _protocol == protocol
        && BinaryPrimitives.ReadUInt32LittleEndian(transport) == BinaryPrimitives.ReadUInt32LittleEndian(lan.Header(number)[_ipLength..]);

    /// <summary>Whether there is room for one more packet of the flow, with DF, TTL and ECN as in the frame's first. One without payload would be lost
    /// when the frame is cut.</summary>
    public bool Fits(in DataHeader header, int payload)
    {
        if (!IsOpen || header.MayFragment != MayFragment || payload == 0 || payload > _segmentSize || Segments >= MaximumSegments
            || _ipLength + _headerLength + _payload + payload > LongestFrame)
        {
            return false;
        }

        return _ecn == header.Ecn && _timeToLive == header.TimeToLive;
    }

    /// <summary>Whether a segment is the next one, with acknowledgement, window, urgent pointer and options as in the frame's first.</summary>
    public bool Continues(in Tcp segment, ILanSink lan)
    {
        if (segment.Sequence != _nextSequence || segment.HeaderLength != _headerLength || (segment.Flags & ~TcpFlags.Psh) != TcpFlags.Ack)
        {
            return false;
        }

        var tcp = lan.Header(number).Slice(_ipLength, _headerLength);
        return segment.Bytes[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt].SequenceEqual(tcp[Tcp.AcknowledgementAt..Tcp.HeaderWordsAt])
            && segment.Window == BinaryPrimitives.ReadUInt16BigEndian(tcp[Tcp.WindowAt..])
            && segment.Options.SequenceEqual(tcp[Tcp.MinimumHeaderLength..]);
    }

    /// <summary>Begins the frame with a packet's headers; the packet itself is appended then.</summary>
    public void Open(FlowContext context, in DataHeader header, in ReceivedRun run, ReadOnlySpan<byte> transport, int payload, ILanSink lan)
    {
        lan.BeginFrame(number, in run);
        _context = context;
        _protocol = header.Protocol;
        MayFragment = header.MayFragment;
        _headerLength = transport.Length;
        _segmentSize = payload;
        _payload = Segments = 0;
        (_ecn, _timeToLive) = (header.Ecn, header.TimeToLive);
        _ipLength = context.Ipv6 is null ? Ipv4.MinimumHeaderLength : Ipv6.HeaderLength;
        transport.CopyTo(lan.Header(number)[_ipLength..]);
    }

    /// <summary>Adds a TCP segment whose header begins there in the run.</summary>
    public void Append(in Tcp segment, int at, ILanSink lan)
    {
        Append(at, segment.Payload.Length, lan);
        _nextSequence = segment.Sequence + (uint)segment.Payload.Length;
        lan.Header(number)[_ipLength + Tcp.FlagsAt] |= (byte)(segment.Flags & TcpFlags.Psh);
    }

    /// <summary>Adds a packet whose transport header begins there in the run.</summary>
    public void Append(int at, int payload, ILanSink lan)
    {
        lan.Append(number, at + _headerLength, payload);
        _payload += payload;
        Segments++;
    }

    /// <summary>Whether nothing can follow a packet with so much payload.</summary>
    public bool IsComplete(int payload) => payload < _segmentSize || payload == 0;

    /// <summary>Sends the frame.</summary>
    /// <param name="identification">Of the first packet; the kernel counts on from there.</param>
    /// <param name="lan">Takes it.</param>
    public void Send(ushort identification, ILanSink lan)
    {
        var context = _context!;
        _context = null;
        var room = lan.Header(number);
        var transport = room.Slice(_ipLength, _headerLength);
        var length = _headerLength + _payload;
        if (context.Ipv6 is { } pair)
        {
            Ipv6.Write(room, pair.Virtual, pair.Local, _protocol, length, _timeToLive, _ecn);
        }
        else
        {
            Ipv4.Write(room, context.Virtual, context.Local.Address, _protocol, length, _timeToLive, _ecn, identification, !MayFragment);
        }

        if (_protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[Udp.LengthAt..], (ushort)length);
        }

        InnerPacket.WritePartial(transport, _protocol, context.InDelta, length);
        lan.EndFrame(
            number,
            _ipLength + _headerLength,
            new Offload(_ipLength, InnerPacket.ChecksumOffset(_protocol), Segments > 1 ? _segmentSize : 0, _ipLength + _headerLength));
    }
}
