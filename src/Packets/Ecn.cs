namespace NTMobile.Packets;

/// <summary>The two ECN bits of an IP header (RFC 3168 §5): the lowest of type of service and traffic class.</summary>
public static class Ecn
{
    /// <summary>CE: a router on the way was congested. Also the mask of both bits.</summary>
    public const byte CongestionExperienced = 3;

    /// <summary>Whether the sender understands ECN: ECT(0), ECT(1) or CE.</summary>
    public static bool IsCapable(byte tos) => (tos & CongestionExperienced) != 0;
}
