namespace NTMobile.Benchmarks;

/// <summary>What became of packets that were offered at one rate.</summary>
/// <param name="Sent">Packets that left the sender.</param>
/// <param name="Received">Packets that arrived.</param>
/// <param name="Seconds">How long they were sent.</param>
internal readonly record struct Offer(long Sent, long Received, double Seconds)
{
    /// <summary>Packets that arrived, per s of sending.</summary>
    public double Rate => Received / Seconds;

    /// <summary>Share that did not arrive, 0 to 1.</summary>
    public double Loss => Sent == 0 ? 1 : 1 - ((double)Received / Sent);
}
