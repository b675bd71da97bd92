namespace NTMobile.Benchmarks;

/// <summary>
/// Finds how many packets per s a way delivers. A flood starves everything on a small machine and delivers less than a fitting rate, so
/// several fixed rates around the way's best one are offered, and the one with the most packets delivered counts.
/// </summary>
internal sealed class RateSearch(PacketGenerator generator, int size)
{
    /// <summary>Loss up to which a rate counts as carried.</summary>
    public const double SmallLoss = 0.01;

    private const double FirstRate = 10_000;
    private const double Growth = 1.6;
    private const double HighestRate = 2_000_000;
    private const double Saturated = 0.7;
    private const double Reached = 0.95;
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(0.4);
    private static readonly double[] Around = [0.7, 0.8, 0.9, 1, 1.15, 1.35];
    private readonly Dictionary<Way, double> _middle = [];

    /// <summary>One run: some fixed rates, for a share of the time each.</summary>
    public async Task<RateFound> RunAsync(Way way, TimeSpan duration)
    {
        if (!_middle.TryGetValue(way, out var middle))
        {
            middle = await ClimbAsync(way).ConfigureAwait(false);
        }

        List<(double Asked, Offer Offer)> offers = [];
        foreach (var rate in Around.Select(a => middle * a))
        {
            await OfferAsync(rate).ConfigureAwait(false);
        }

        // The climb may have ended too early, in a moment that the machine's host took away.
        while (offers[^1] is var (asked, offer) && offer.Rate > asked * Reached && asked < HighestRate)
        {
            await OfferAsync(asked * Around[^1]).ConfigureAwait(false);
        }

        var (rateOfBest, best) = offers.MaxBy(o => o.Offer.Rate);
        _middle[way] = Math.Sqrt(middle * rateOfBest); // the next run looks there
        return new(
            best,
            offers.Where(o => o.Offer.Loss <= SmallLoss).Select(o => o.Offer.Rate).DefaultIfEmpty(0).Max(),
            offers.Sum(o => (double)o.Offer.Received * size));

        async Task OfferAsync(double rate) =>
            offers.Add((rate, await generator.OfferAsync(way, size, rate, duration / Around.Length).ConfigureAwait(false)));
    }

    // Higher and higher until two steps in a row delivered much less than was asked; returns the rate that was asked when most arrived.
    private async Task<double> ClimbAsync(Way way)
    {
        var (best, bestRate, saturated) = (0.0, FirstRate, 0);
        for (var rate = FirstRate; saturated < 2 && rate < HighestRate; rate *= Growth)
        {
            var offer = await generator.OfferAsync(way, size, rate, Probe).ConfigureAwait(false);
            saturated = offer.Rate < rate * Saturated ? saturated + 1 : 0;
            if (offer.Rate > best)
            {
                (best, bestRate) = (offer.Rate, rate);
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
