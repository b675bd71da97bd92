namespace NTMobile.Packets;

/// <summary>The two ECN bits of an IP header (RFC 3168 §5): the lowest of type of service and traffic class.</summary>
public static class Ecn
{
    /// <summary>CE: a router on the way was congested. Also the mask of both bits.</summary>
    public const byte CongestionExperienced = 3;

    /// <summary>The ECN field of a packet of either IP version.</summary>
    /// <param name="packet">At least two bytes of the header.</param>
    public static byte Of(ReadOnlySpan<byte> packet) =>
        (byte)((packet[0] >> 4 == 6 ? packet[1] >> 4 : packet[Ipv4.TosAt]) & CongestionExperienced);

    /// <summary>Sets the ECN field of an IPv6 header; no checksum covers it.</summary>
    public static void SetIpv6(Span<byte> packet, byte ecn) => packet[1] = (byte)((packet[1] & 0xCF) | (ecn << 4));

    /// <summary>Whether the sender understands ECN: ECT(0), ECT(1) or CE.</summary>
    public static bool IsCapable(byte tos) => (tos & CongestionExperienced) != 0;
}
