using System.Globalization;
using System.Net;

namespace NTMobile.Lab;

/// <summary>How a place's connection to the Internet behaves; up is towards the core.</summary>
public sealed record LinkShape
{
    /// <summary>As fast as the kernel goes, with no loss.</summary>
    public static LinkShape None { get; } = new();

    /// <summary>One-way delay towards the core.</summary>
    public TimeSpan DelayUp { get; init; }

    /// <summary>One-way delay towards the router.</summary>
    public TimeSpan DelayDown { get; init; }

    /// <summary>Share of packets lost towards the core, 0 to 1.</summary>
    public double LossUp { get; init; }

    /// <summary>Share of packets lost towards the router, 0 to 1.</summary>
    public double LossDown { get; init; }

    /// <summary>Bits per second towards the core; 0 for no limit.</summary>
    public long RateUp { get; init; }

    /// <summary>Bits per second towards the router; 0 for no limit.</summary>
    public long RateDown { get; init; }

    /// <summary>The address outside to and from which packets are delayed and lost, IPv4; null: all are. The rate is that of all.</summary>
    public IPAddress? Only { get; init; }

    /// <summary>The same in both directions; <paramref name="delay"/> is one way.</summary>
    public static LinkShape Both(TimeSpan delay = default, double loss = 0, long rate = 0) => new()
    {
        DelayUp = delay,
        DelayDown = delay,
        LossUp = loss,
        LossDown = loss,
        RateUp = rate,
        RateDown = rate,
    };

    /// <summary>Reads words like `delay=25 loss=0.01 rate=300` (ms one way, share, Mb/s; both directions).</summary>
    public static LinkShape Parse(IEnumerable<string> words)
    {
        LinkShape shape = None;
        foreach (string word in words)
        {
            string[] parts = word.Split('=');
            if (parts.Length != 2 || !double.TryParse(parts[1], CultureInfo.InvariantCulture, out double value))
            {
                throw new LabException($"{word}: expected delay=MS, loss=SHARE or rate=MBIT");
            }

            shape = parts[0] switch
            {
                "delay" => shape with { DelayUp = TimeSpan.FromMilliseconds(value), DelayDown = TimeSpan.FromMilliseconds(value) },
                "loss" => shape with { LossUp = value, LossDown = value },
                "rate" => shape with { RateUp = (long)(value * 1e6), RateDown = (long)(value * 1e6) },
                _ => throw new LabException($"{word}: expected delay=MS, loss=SHARE or rate=MBIT"),
            };
        }

        return shape;
    }
}
