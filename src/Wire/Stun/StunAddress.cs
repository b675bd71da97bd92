using NTMobile.Packets;

namespace NTMobile.Wire.Stun;

/// <summary>The value of all attributes that hold an address with a port (RFC 8489 §14.1, §14.2).</summary>
/// <remarks>
/// <code>
///  0      1        2          4
///  +------+--------+----------+---------------------+
///  | 0    | family | port (2) | address (4 or 16)   |
///  +------+--------+----------+---------------------+
///  family: 1 IPv4, 2 IPv6
/// </code>
/// In XOR-MAPPED-ADDRESS the port is combined with the first two bytes of the transaction, the address with its first 4 or 16.
/// </remarks>
internal static class StunAddress
{
    /// <summary>Longest value.</summary>
    public const int MaximumSize = 20;

    private const byte Ipv4 = 1;
    private const byte Ipv6 = 2;
    private const int PortShift = 112; // 128 − 16
    private const int Ipv4Shift = 96;

    /// <summary>Bytes of an endpoint's value.</summary>
    public static int SizeOf(in Endpoint endpoint) => endpoint.IsIpv4 ? 8 : MaximumSize;

    /// <summary>Writes a value.</summary>
    /// <param name="value">Room of <see cref="SizeOf"/> bytes.</param>
    /// <param name="endpoint">The address and port.</param>
    /// <param name="mask">What to combine it with; zero: nothing.</param>
    public static void Write(Span<byte> value, in Endpoint endpoint, UInt128 mask)
    {
        ushort port = (ushort)(endpoint.Port ^ (ushort)(mask >> PortShift));
        var writer = new SpanWriter(value).Byte(0).Byte(endpoint.IsIpv4 ? Ipv4 : Ipv6).UInt16(port);
        writer = endpoint.IsIpv4 ? writer.UInt32(endpoint.Ipv4Address ^ (uint)(mask >> Ipv4Shift)) : writer.UInt128(endpoint.Address ^ mask);
        writer.End();
    }

    /// <summary>Reads a value.</summary>
    /// <returns>False if its length or family is wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, UInt128 mask, out Endpoint endpoint)
    {
        var reader = new SpanReader(value).Byte(out _).Byte(out byte family).UInt16(out ushort port);
        port ^= (ushort)(mask >> PortShift);
        if (family == Ipv4)
        {
            reader = reader.UInt32(out uint ipv4);
            endpoint = Endpoint.FromIpv4(ipv4 ^ (uint)(mask >> Ipv4Shift), port);
            return reader.AtEnd;
        }

        reader = reader.UInt128(out UInt128 ipv6);
        endpoint = Endpoint.FromIpv6(ipv6 ^ mask, port);
        return family == Ipv6 && reader.AtEnd;
    }
}
