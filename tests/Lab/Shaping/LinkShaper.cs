using System.Globalization;
using System.Net;

namespace NTMobile.Lab;

/// <summary>
/// Shapes one place: delay and loss where packets enter its namespace, before connection tracking sees them (a packet that is
/// held inside a NAT would clash with the next one of its flow), rate by TBF where they leave.
/// </summary>
internal sealed class LinkShaper : IAsyncDisposable
{
    private const ushort QueueUp = 1;
    private const ushort QueueDown = 2;

    private readonly List<DelayQueue> _queues = [];

    private LinkShaper()
    {
    }

    public static async Task<LinkShaper> StartAsync(Host place, LinkShape shape)
    {
        var shaper = new LinkShaper();
        await shaper.DelayAsync(place, QueueUp, shape.DelayUp, shape.LossUp).ConfigureAwait(false);
        await shaper.DelayAsync(place, QueueDown, shape.DelayDown, shape.LossDown).ConfigureAwait(false);
        string rules = Rule($"in0{To('d', shape.Only)}", QueueUp, shape.DelayUp, shape.LossUp)
            + Rule($"wan{To('s', shape.Only)}", QueueDown, shape.DelayDown, shape.LossDown);

        // iptables, since some kernels have no queue expression for nftables.
        await place.RunWithInputAsync($"*raw\n{rules}COMMIT\n", "iptables-restore").ConfigureAwait(false);
        await LimitAsync(place, "wan", shape.RateUp).ConfigureAwait(false);
        await LimitAsync(place, "in0", shape.RateDown).ConfigureAwait(false);
        return shaper;
    }

    /// <summary>Packets that are held are lost; what comes later passes the rules without a queue.</summary>
    public ValueTask DisposeAsync()
    {
        _queues.ForEach(q => q.Dispose());
        _queues.Clear();
        return ValueTask.CompletedTask;
    }

    private static string Rule(string input, ushort queue, TimeSpan delay, double loss) =>
        IsShaped(delay, loss) ? $"-A PREROUTING -i {input} -j NFQUEUE --queue-num {queue} --queue-bypass\n" : "";

    private static string To(char end, IPAddress? address) => address is null ? "" : $" -{end} {address}";

    private static bool IsShaped(TimeSpan delay, double loss) => delay > TimeSpan.Zero || loss > 0;

    /// <summary>A bucket of 4 ms, and at most 50 ms of queue behind it.</summary>
    private static async Task LimitAsync(Host place, string output, long rate)
    {
        string burst = Math.Max(16_000, rate / 8 / 250).ToString(CultureInfo.InvariantCulture);
        string[] words = rate > 0
            ? ["qdisc", "replace", "dev", output, "root", "tbf", "rate", $"{rate}bit", "burst", burst, "latency", "50ms"]
            : ["qdisc", "delete", "dev", output, "root"];
        ExecResult result = await place.ExecAsync("tc", words).ConfigureAwait(false);
        if (rate > 0)
        {
            result.ThrowIfFailed();
        }
    }

    private async Task DelayAsync(Host place, ushort number, TimeSpan delay, double loss)
    {
        if (IsShaped(delay, loss))
        {
            var queue = new DelayQueue(place, number, delay, loss);
            _queues.Add(queue);
            await queue.Bound.ConfigureAwait(false);
        }
    }
}
