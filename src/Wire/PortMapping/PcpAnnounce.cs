using NTMobile.Packets;

namespace NTMobile.Wire.PortMapping;

/// <summary>PCP's ANNOUNCE (RFC 6887 §14.1): a client asks whether anybody speaks PCP; a gateway that has forgotten its mappings says so to all.</summary>
/// <remarks>
/// <code>
///  0            1                2            3            4          8
///  +------------+----------------+------------+------------+----------+--------------------------------------+
///  | version, 2 | 0, answer 0x80 | zero       | result (1) | zero (4) | client's address (16), of an answer  |
///  |            |                |            |            |          | epoch (4) and 12 bytes               |
///  +------------+----------------+------------+------------+----------+--------------------------------------+
/// </code>
/// </remarks>
public static class PcpAnnounce
{
    /// <summary>Bytes of a message without options.</summary>
    public const int Size = 24;

    private const byte Answer = 0x80;

    /// <summary>The question.</summary>
    /// <param name="client">The client's own IPv4 address.</param>
    public static byte[] Request(Endpoint client)
    {
        var request = new byte[Size];
        new SpanWriter(request).Byte(PcpMapRequest.Version).Byte(0).UInt16(0).UInt32(0).UInt128(0xFFFF_0000_0000 | (UInt128)client.Ipv4Address).End();
        return request;
    }

    /// <summary>Reads an answer, or what a gateway says to all.</summary>
    /// <param name="datagram">The whole datagram.</param>
    /// <param name="epoch">Seconds since the gateway last forgot its mappings.</param>
    /// <returns>False: it is another message, or malformed. A refusal is an answer too.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> datagram, out uint epoch)
    {
        epoch = 0;
        return datagram.Length >= Size && datagram.Length % 4 == 0
            && new SpanReader(datagram[..Size]).Byte(out _, PcpMapRequest.Version, PcpMapRequest.Version).Byte(out _, Answer, Answer)
                .Bytes(2, out _).UInt32(out _).UInt32(out epoch).Bytes(12, out _).AtEnd;
    }
}
