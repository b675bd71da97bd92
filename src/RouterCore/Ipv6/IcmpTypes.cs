using NTMobile.Packets;

namespace NTMobile.RouterCore;

/// <summary>Types, codes and the 32 bits behind the checksum, from ICMP to ICMPv6 (RFC 7915 §4.2) and back (§5.2).</summary>
internal static class IcmpTypes
{
    private const byte NoRoute = 0;
    private const byte Prohibited = 1;
    private const byte AddressUnreachable = 3;
    private const byte PortUnreachable = 4;
    private const byte UnknownNextHeader = 1;
    private const byte HostUnreachable = 1;
    private const byte ProtocolUnreachable = 2;
    private const byte Ipv4PortUnreachable = 3;
    private const byte HostProhibited = 10;
    private const int HeaderDifference = Ipv6.HeaderLength - Ipv4.MinimumHeaderLength;

    // Where a field of one header stands in the other; 255: nowhere.
    private static ReadOnlySpan<byte> Ipv6Pointers => [0, 1, 4, 4, 255, 255, 255, 255, 7, 6, 255, 255, 8, 8, 8, 8, 24, 24, 24, 24];

    /// <summary>From ICMP to ICMPv6.</summary>
    /// <param name="type">Type.</param>
    /// <param name="code">Code.</param>
    /// <param name="rest">The 32 bits behind the checksum.</param>
    /// <returns>Null: there is no such message in IPv6.</returns>
    public static (byte Type, byte Code, uint Word)? ToIpv6(byte type, byte code, uint rest) => (type, code) switch
    {
        (Icmp.EchoRequest, _) => (Icmpv6.EchoRequest, 0, rest),
        (Icmp.EchoReply, _) => (Icmpv6.EchoReply, 0, rest),
        (Icmp.DestinationUnreachable, ProtocolUnreachable) => (Icmpv6.ParameterProblem, UnknownNextHeader, Ipv6.NextHeaderAt),
        (Icmp.DestinationUnreachable, Ipv4PortUnreachable) => (Icmpv6.DestinationUnreachable, PortUnreachable, 0),
        (Icmp.DestinationUnreachable, Icmp.FragmentationNeeded) =>
            (Icmpv6.PacketTooBig, 0, Math.Max(Icmpv6.LongestError, (rest & 0xFFFF) + HeaderDifference)),
        (Icmp.DestinationUnreachable, 9 or 10 or 13 or 15) => (Icmpv6.DestinationUnreachable, Prohibited, 0),
        (Icmp.DestinationUnreachable, 0 or 1 or 5 or 6 or 7 or 8 or 11 or 12) => (Icmpv6.DestinationUnreachable, NoRoute, 0),
        (Icmp.TimeExceeded, _) => (Icmpv6.TimeExceeded, code, 0),
        (Icmp.ParameterProblem, 0 or 2) when rest >> 24 is var at && at < Ipv6Pointers.Length && Ipv6Pointers[(int)at] != 255 =>
            (Icmpv6.ParameterProblem, 0, Ipv6Pointers[(int)at]),
        _ => null,
    };

    /// <summary>From ICMPv6 to ICMP.</summary>
    /// <param name="type">Type.</param>
    /// <param name="code">Code.</param>
    /// <param name="rest">The 32 bits behind the checksum.</param>
    /// <returns>Null: there is no such message in IPv4.</returns>
    public static (byte Type, byte Code, uint Word)? ToIpv4(byte type, byte code, uint rest) => (type, code) switch
    {
        (Icmpv6.EchoRequest, _) => (Icmp.EchoRequest, 0, rest),
        (Icmpv6.EchoReply, _) => (Icmp.EchoReply, 0, rest),
        (Icmpv6.DestinationUnreachable, Prohibited) => (Icmp.DestinationUnreachable, HostProhibited, 0),
        (Icmpv6.DestinationUnreachable, PortUnreachable) => (Icmp.DestinationUnreachable, Ipv4PortUnreachable, 0),
        (Icmpv6.DestinationUnreachable, <= AddressUnreachable) => (Icmp.DestinationUnreachable, HostUnreachable, 0),
        (Icmpv6.PacketTooBig, _) => (
            Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, Math.Clamp(rest, Icmpv6.LongestError, ushort.MaxValue) - HeaderDifference),
        (Icmpv6.TimeExceeded, _) => (Icmp.TimeExceeded, code, 0),
        (Icmpv6.ParameterProblem, UnknownNextHeader) => (Icmp.DestinationUnreachable, ProtocolUnreachable, 0),
        (Icmpv6.ParameterProblem, 0) when Ipv4Pointer(rest) is { } at => (Icmp.ParameterProblem, 0, (uint)at << 24),
        _ => null,
    };

    private static byte? Ipv4Pointer(uint at) => at switch
    {
        0 or 1 => (byte)at,
        4 or 5 => Ipv4.TotalLengthAt,
        6 => Ipv4.ProtocolAt,
        7 => Ipv4.TimeToLiveAt,
        >= 8 and < 24 => Ipv4.SourceAt,
        >= 24 and < 40 => Ipv4.DestinationAt,
        _ => null,
    };
}
