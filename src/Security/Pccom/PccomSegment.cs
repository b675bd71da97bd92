using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Pccom;

/// <summary>
/// Where the parts of a TCP segment or UDP datagram are, and the <i>fields</i>: all of its header that NATs leave alone, behind what both ends
/// know without it. They are the cipher's tweak and the beginning of what the keyed value covers.
/// <code>
/// 0: direction 8   1: protocol 8   2: zero 16   4: flow 32
/// TCP   8: sequence 32, acknowledgement 32, header words 4 | reserved 4, flags 8, window 16    20: urgent pointer 16    22: options 0–40 bytes
/// UDP   8: length 16
/// </code>
/// </summary>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="ChecksumAt">Offset of the checksum.</param>
/// <param name="PayloadAt">Offset of the payload, which is at least a block of the cipher long.</param>
internal readonly record struct PccomSegment(byte Protocol, int ChecksumAt, int PayloadAt)
{
    /// <summary>Bytes of the longest fields.</summary>
    public const int LargestFields = 62;

    private const int FlowAt = 4;
    private const int HeaderAt = 8;
    private const int UrgentAt = 20;
    private const int TcpUrgentAt = Tcp.ChecksumAt + 2;
    private const TcpFlags ConnectionControl = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    /// <summary>Reads a whole segment or datagram that PCCOM may carry.</summary>
    public static bool TryRead(ReadOnlySpan<byte> transport, byte protocol, out PccomSegment segment, out PccomRefusal refusal)
    {
        segment = default;
        refusal = protocol switch
        {
            IpProtocol.Tcp => ReadTcp(transport, ref segment),
            IpProtocol.Udp => ReadUdp(transport, ref segment),
            _ => PccomRefusal.Portless,
        };
        if (refusal == PccomRefusal.None && transport.Length - segment.PayloadAt < Hctr2.MinimumLength)
        {
            refusal = PccomRefusal.ShortPayload;
        }

        return refusal == PccomRefusal.None;
    }

    /// <summary>Writes the fields.</summary>
    /// <param name="transport">What was read.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="flow">What both ends know of the flow.</param>
    /// <param name="to"><see cref="LargestFields"/> bytes.</param>
    /// <returns>How many bytes they have.</returns>
    public int WriteFields(ReadOnlySpan<byte> transport, PccomDirection direction, uint flow, Span<byte> to)
    {
        (to[0], to[1], to[2], to[3]) = ((byte)direction, Protocol, 0, 0);
        BinaryPrimitives.WriteUInt32BigEndian(to[FlowAt..], flow);
        if (Protocol == IpProtocol.Udp)
        {
            transport[Udp.LengthAt..Udp.ChecksumAt].CopyTo(to[HeaderAt..]);
            return HeaderAt + Udp.ChecksumAt - Udp.LengthAt;
        }

        transport[Tcp.SequenceAt..Tcp.ChecksumAt].CopyTo(to[HeaderAt..]);
        transport[TcpUrgentAt..PayloadAt].CopyTo(to[UrgentAt..]);
        return UrgentAt + PayloadAt - TcpUrgentAt;
    }

    private static PccomRefusal ReadTcp(ReadOnlySpan<byte> transport, ref PccomSegment segment)
    {
        if (!Tcp.TryRead(transport, out var tcp))
        {
            return transport.Length < Tcp.MinimumHeaderLength ? PccomRefusal.Truncated : PccomRefusal.Malformed;
        }

        segment = new PccomSegment(IpProtocol.Tcp, Tcp.ChecksumAt, tcp.HeaderLength);
        return (tcp.Flags & ConnectionControl) != 0 ? PccomRefusal.ConnectionControl
            : tcp.Payload.IsEmpty ? PccomRefusal.BareAcknowledgement
            : PccomRefusal.None;
    }

    // Bytes behind the datagram's own length (RFC 9868) stand outside its checksum's length, so they are not carried.
    private static PccomRefusal ReadUdp(ReadOnlySpan<byte> transport, ref PccomSegment segment)
    {
        if (!Udp.TryRead(transport, out var udp) || udp.Length != transport.Length)
        {
            return transport.Length < Udp.HeaderLength ? PccomRefusal.Truncated : PccomRefusal.Malformed;
        }

        segment = new PccomSegment(IpProtocol.Udp, Udp.ChecksumAt, Udp.HeaderLength);
        return PccomRefusal.None;
    }
}
