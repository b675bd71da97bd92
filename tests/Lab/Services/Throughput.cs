namespace NTMobile.Lab;

/// <summary>What a measured flow carried.</summary>
/// <param name="BitsPerSecond">Payload that arrived.</param>
/// <param name="Retransmits">TCP segments sent again.</param>
/// <param name="Packets">UDP packets sent; 0 for TCP.</param>
/// <param name="Lost">UDP packets that did not arrive.</param>
public sealed record Throughput(double BitsPerSecond, long Retransmits, long Packets, long Lost)
{
    /// <summary>The same in 10⁶ bit/s.</summary>
    public double MegabitsPerSecond => BitsPerSecond / 1e6;

    /// <summary>Lost packets as a share of those sent, 0 to 1.</summary>
    public double LossRatio => Packets == 0 ? 0 : (double)Lost / Packets;
}
