using NTMobile.Packets;

namespace NTMobile.Wire.PortMapping;

/// <summary>A PCP client's request that the gateway map a UDP port (RFC 6887 §7.1, §11.1). It has no options.</summary>
/// <remarks>
/// <code>
///  0            1            2               4               8
///  +------------+------------+---------------+---------------+------------------------+
///  | version, 2 | MAP, 1     | zero (2)      | lifetime (4)  | client's address (16)  |
///  +------------+------------+---------------+---------------+------------------------+
///  24           36           37              40                  42
///  +------------+------------+---------------+-------------------+--------------------+--------------+
///  | nonce (12) | UDP, 17    | zero (3)      | internal port (2) | external port (2)  | address (16) |
///  +------------+------------+---------------+-------------------+--------------------+--------------+
/// </code>
/// The external port and address are what the client would like; IPv4 addresses are written as IPv4-mapped ones.
/// </remarks>
/// <param name="Nonce">By what gateway and client know the mapping.</param>
/// <param name="LifetimeSeconds">How long it is to live; 0 deletes it.</param>
/// <param name="Internal">The client's own IPv4 address, and the port to map.</param>
/// <param name="Suggested">The outer port and IPv4 address that it would like; none: any.</param>
public readonly record struct PcpMapRequest(PcpNonce Nonce, uint LifetimeSeconds, Endpoint Internal, Endpoint Suggested)
{
    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public const int Size = 60;

    internal const byte Version = 2;
    internal const byte Map = 1;
    internal const byte Udp = 17;
    private const ulong MappedPrefix = 0xFFFF_0000_0000; // ::ffff:0:0/96

    /// <summary>Writes the request.</summary>
    /// <param name="datagram">Exactly <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> datagram) => new SpanWriter(datagram)
        .Byte(Version).Byte(Map).UInt16(0).UInt32(LifetimeSeconds).UInt128(MappedPrefix | Internal.Ipv4Address)
        .UInt64(Nonce.High).UInt32(Nonce.Low).Byte(Udp).Byte(0).UInt16(0).UInt16(Internal.Port)
        .UInt16(Suggested.Port).UInt128(MappedPrefix | Suggested.Ipv4Address).End();
}

/// <summary>The 96 random bits by which a PCP mapping is known to those who made it.</summary>
/// <param name="High">The first 8 bytes.</param>
/// <param name="Low">The last 4.</param>
public readonly record struct PcpNonce(ulong High, uint Low);
