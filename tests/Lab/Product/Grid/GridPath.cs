namespace NTMobile.Lab.Product;

/// <summary>What two places allow between their routers.</summary>
public enum GridPath
{
    /// <summary>A direct path by IPv4, always.</summary>
    Direct,

    /// <summary>A direct path by IPv6, always.</summary>
    DirectByIPv6,

    /// <summary>A direct path by IPv4 that has to be guessed at, so mostly and after some seconds (docs/decisions/0021-hard-nats.md).</summary>
    Hard,

    /// <summary>The relay alone.</summary>
    Relayed,
}
