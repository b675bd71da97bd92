namespace NTMobile.Scenario.Tests.World;

/// <summary>How well one place's line to the Internet carries datagrams, in each direction. It may change at any time.</summary>
internal sealed class LinkQuality
{
    /// <summary>One way.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>At most so much is added at random: what is longer than the pause between two datagrams reorders them.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Probability that a datagram is lost.</summary>
    public double Loss { get; set; }

    /// <summary>Probability that it comes twice.</summary>
    public double Duplication { get; set; }

    /// <summary>Largest IP packet; a longer one is lost without a word.</summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>Nothing passes, and nobody is told.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Only TCP passes.</summary>
    public bool BlocksUdp { get; set; }
}
