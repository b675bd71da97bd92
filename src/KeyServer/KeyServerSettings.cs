namespace NTMobile.KeyServer;

/// <summary>What the KMS must be told.</summary>
/// <param name="Zone">The provider's zone; every name it certifies ends in it.</param>
/// <param name="Host">Name or address under which nodes reach the KMS; stands in tokens.</param>
/// <param name="Port">TCP port under which nodes reach it.</param>
public sealed record KeyServerSettings(string Zone, string Host, ushort Port)
{
    /// <summary>How long a token may be used.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a certificate is good. Nodes renew it when a third of it is left.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Most members of one group whose packages are kept.</summary>
    public int MembersPerGroup { get; init; } = 256;

    /// <summary>Most packages kept.</summary>
    public int Packages { get; init; } = 20_000;

    /// <summary>Requests that one source may make in a minute.</summary>
    public int RequestsPerMinute { get; init; } = 120;
}
