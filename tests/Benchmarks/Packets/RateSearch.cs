namespace NTMobile.Benchmarks;

/// <summary>
/// Finds how many packets per s a way delivers. A flood starves everything on a small machine and delivers less than a fitting rate, so
/// several fixed rates around the way's best one are offered, and the one with the most packets delivered counts.
/// </summary>
internal sealed class RateSearch(PacketGenerator generator, int size)
{
    /// <summary>Loss up to which a rate counts as carried.</summary>
    public const double SmallLoss = 0.01;

    private const double FirstRate = 4000;
    private const double Growth = 1.5;
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(0.4);
    private static readonly double[] AroundBest = [0.7, 0.8, 0.9, 1, 1.15, 1.35];
    private readonly Dictionary<Way, double> _best = [];

    /// <summary>One run: some fixed rates, for a share of the time each.</summary>
    public async Task<RateFound> RunAsync(Way way, TimeSpan duration)
    {
        if (!_best.TryGetValue(way, out var best))
        {
            _best[way] = best = await ClimbAsync(way).ConfigureAwait(false);
        }

        List<Offer> offers = [];
        foreach (var factor in AroundBest)
        {
            offers.Add(await generator.OfferAsync(way, size, best * factor, duration / AroundBest.Length).ConfigureAwait(false));
        }

        return new(
            offers.MaxBy(o => o.Rate),
            offers.Where(o => o.Loss <= SmallLoss).Select(o => o.Rate).DefaultIfEmpty(0).Max(),
            offers.Sum(o => (double)o.Received * size));
    }

    // Higher and higher until two steps in a row brought nothing.
    private async Task<double> ClimbAsync(Way way)
    {
        var best = default(Offer);
        var (rate, bestRate, worse) = (FirstRate, FirstRate, 0);
        for (; worse < 2; rate *= Growth)
        {
            var offer = await generator.OfferAsync(way, size, rate, Probe).ConfigureAwait(false);
            worse = best.Seconds > 0 && offer.Rate <= best.Rate * 1.05 ? worse + 1 : 0;
            if (best.Seconds == 0 || offer.Rate > best.Rate)
            {
                (best, bestRate) = (offer, Math.Min(rate, offer.Sent / offer.Seconds));
            }
        }

        return bestRate;
    }
}

/// <summary>What one run found.</summary>
/// <param name="Best">The rate at which most was delivered.</param>
/// <param name="Carried">Packets per s delivered with a small loss; 0 when every rate lost more.</param>
/// <param name="Bytes">Payload of all rates that arrived.</param>
internal readonly record struct RateFound(Offer Best, double Carried, double Bytes);
