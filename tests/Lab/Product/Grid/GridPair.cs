namespace NTMobile.Lab.Product;

/// <summary>What a walk from one preset to another met.</summary>
/// <param name="From">Where the device that asks is.</param>
/// <param name="To">Where the device that answers is.</param>
/// <param name="Failure">What failed; null: a web page came by name over IPv4 and over IPv6, as the devices speak them.</param>
/// <param name="SetupMs">From the query for the name to the first byte of the page, in ms: DNS, session, TCP, HTTP.</param>
/// <param name="DirectMs">From there to the direct path in use at both ends, in ms from the query; null: it was not waited for, or did not come.</param>
/// <param name="IsByIPv6">Whether both ends send by IPv6 on the direct path.</param>
/// <param name="RelayedBytes">Payload bytes that the relay carried on the direct path; a direct path is one with 0.</param>
public sealed record GridPair(Preset From, Preset To, string? Failure, double SetupMs, double? DirectMs, bool IsByIPv6, long RelayedBytes)
{
    /// <summary>Whether the pair speaks.</summary>
    public bool IsConnected => Failure is null;

    /// <summary>Whether it does so without the relay.</summary>
    public bool IsDirect => IsConnected && DirectMs is not null && RelayedBytes == 0;

    /// <summary>What the presets allow.</summary>
    public GridPath Expected => GridPlan.Expected(From, To);

    /// <summary>In one line.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{From} → {To}: {Failure ?? $"first byte after {SetupMs:F0} ms, {(DirectMs is { } ms ? $"direct by IPv{(IsByIPv6 ? 6 : 4)} after {ms:F0} ms, {RelayedBytes} bytes over the relay since" : "relayed")}"}");
}
