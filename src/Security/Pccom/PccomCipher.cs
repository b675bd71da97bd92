using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Pccom;

/// <summary>
/// PCCOM for one direction of a session: TCP and UDP packets are protected without growing, and their protection survives NATs. The payload is
/// enciphered by HCTR2; the checksum field carries the ordinary checksum plus a keyed value. A NAT that changes addresses and ports moves the
/// checksum along by the difference (RFC 1624), which does not touch the keyed value: the receiver subtracts the ordinary checksum of what
/// came in and compares the rest, modulo 0xFFFF.
/// <code>
/// checksum sent = ~(sum(pseudo-header) + sum(header with the checksum zero) + sum(ciphertext) + keyed value)      a 0 of UDP is sent as 0xFFFF
/// </code>
/// It gives 16 bits of authentication: one forged packet in 65,535 is accepted. It does not cover addresses and ports, does not know a
/// repeated packet, and shows equal packets as equal.
/// </summary>
/// <remarks>Several threads may use one at once; nothing is allocated. What is refused is left unchanged.</remarks>
public sealed class PccomCipher : IDisposable
{
    internal const int KeySize = Hctr2.KeySize + KeyedValue.KeySize;

    private const ushort Modulus = 0xFFFF;
    private const int Room = 80; // for the keyed value's lengths and the longest fields, in whole blocks

    private readonly Hctr2 _cipher;
    private readonly KeyedValue _value;

    internal PccomCipher(ReadOnlySpan<byte> keys, PccomDirection direction, bool portable = false)
    {
        _cipher = new Hctr2(keys[..Hctr2.KeySize], portable);
        _value = new KeyedValue(keys[Hctr2.KeySize..], portable);
        Direction = direction;
    }

    /// <summary>Which way its packets go.</summary>
    public PccomDirection Direction { get; }

    /// <summary>Protects a whole IP packet in place.</summary>
    /// <param name="packet">An IPv4 or IPv6 packet as it is to be sent: one wire segment, with the addresses and ports of the path.</param>
    /// <param name="flow">What both ends know of the flow and nobody sends, for example its context; 0 if there is nothing.</param>
    /// <param name="partialChecksum">Whether the sender left the checksum to its hardware.</param>
    /// <param name="refusal">Why it must go by tunnel.</param>
    public bool TryProtect(Span<byte> packet, uint flow, bool partialChecksum, out PccomRefusal refusal) =>
        PccomPacket.TryRead(packet, out var ip, out refusal)
        && TryProtect(packet.Slice(ip.TransportAt, ip.TransportLength), ip.Protocol, ip.PseudoHeader, flow, partialChecksum, out refusal);

    /// <summary>Opens a whole IP packet in place; its checksum is then an ordinary one.</summary>
    /// <param name="packet">An IPv4 or IPv6 packet as it came in.</param>
    /// <param name="flow">The same as the sender's.</param>
    /// <param name="refusal">Why it must be dropped.</param>
    public bool TryOpen(Span<byte> packet, uint flow, out PccomRefusal refusal) =>
        PccomPacket.TryRead(packet, out var ip, out refusal)
        && TryOpen(packet.Slice(ip.TransportAt, ip.TransportLength), ip.Protocol, ip.PseudoHeader, flow, out refusal);

    /// <summary>Protects a TCP segment or UDP datagram in place.</summary>
    /// <param name="transport">Header and payload, nothing more, as they are to be sent.</param>
    /// <param name="protocol">TCP or UDP, see <see cref="IpProtocol"/>.</param>
    /// <param name="pseudoHeader">The sum of the pseudo-header with the addresses that it is sent with, see <see cref="Checksum"/>.</param>
    /// <param name="flow">What both ends know of the flow and nobody sends, for example its context; 0 if there is nothing.</param>
    /// <param name="partialChecksum">Whether the sender left the checksum to its hardware.</param>
    /// <param name="refusal">Why it must go by tunnel.</param>
    public bool TryProtect(
        Span<byte> transport, byte protocol, ushort pseudoHeader, uint flow, bool partialChecksum, out PccomRefusal refusal)
    {
        if (!PccomSegment.TryRead(transport, protocol, out var segment, out refusal))
        {
            return false;
        }

        if (!partialChecksum && !IsRight(transport, segment, pseudoHeader))
        {
            refusal = PccomRefusal.WrongChecksum;
            return false;
        }

        Span<byte> room = stackalloc byte[Room];
        var fields = room[KeyedValue.LengthsSize..];
        fields = fields[..segment.WriteFields(transport, Direction, flow, fields)];
        var payload = transport[segment.PayloadAt..];
        _cipher.Encrypt(fields, payload);
        WriteChecksum(transport, segment, (uint)pseudoHeader + _value.Of(room, fields.Length, payload));
        return true;
    }

    /// <summary>Opens a TCP segment or UDP datagram in place; its checksum is then an ordinary one.</summary>
    /// <param name="transport">Header and payload, nothing more, as they came in.</param>
    /// <param name="protocol">TCP or UDP, see <see cref="IpProtocol"/>.</param>
    /// <param name="pseudoHeader">The sum of the pseudo-header with the addresses that it came in with.</param>
    /// <param name="flow">The same as the sender's.</param>
    /// <param name="refusal">Why it must be dropped.</param>
    public bool TryOpen(Span<byte> transport, byte protocol, ushort pseudoHeader, uint flow, out PccomRefusal refusal)
    {
        if (!PccomSegment.TryRead(transport, protocol, out var segment, out refusal))
        {
            return false;
        }

        Span<byte> room = stackalloc byte[Room];
        var fields = room[KeyedValue.LengthsSize..];
        fields = fields[..segment.WriteFields(transport, Direction, flow, fields)];
        var payload = transport[segment.PayloadAt..];
        if (Checksum.Sum(transport, (uint)pseudoHeader + _value.Of(room, fields.Length, payload)) % Modulus != 0)
        {
            refusal = PccomRefusal.Forged;
            return false;
        }

        _cipher.Decrypt(fields, payload);
        WriteChecksum(transport, segment, pseudoHeader);
        return true;
    }

    /// <summary>Erases the keys. No thread may be inside another method, or come to call it again.</summary>
    public void Dispose()
    {
        _cipher.Dispose();
        _value.Dispose();
    }

    // A UDP datagram without a checksum has nothing that could be wrong.
    private static bool IsRight(ReadOnlySpan<byte> transport, PccomSegment segment, ushort pseudoHeader) =>
        (segment.Protocol == IpProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(transport[segment.ChecksumAt..]) == 0)
        || Checksum.Sum(transport, pseudoHeader) == ushort.MaxValue;

    // 0 and 0xFFFF are one number; to UDP the former says that there is no checksum, and a NAT would leave it alone.
    private static void WriteChecksum(Span<byte> transport, PccomSegment segment, uint start)
    {
        var field = transport[segment.ChecksumAt..];
        BinaryPrimitives.WriteUInt16BigEndian(field, 0);
        var checksum = Checksum.Compute(transport, start);
        var none = checksum == 0 && segment.Protocol == IpProtocol.Udp;
        BinaryPrimitives.WriteUInt16BigEndian(field, none ? ushort.MaxValue : checksum);
    }
}
