using System.Diagnostics;
using System.Globalization;
using NTMobile.Lab;
using NTMobile.Lab.Product;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.Benchmarks;

/// <summary>
/// What others get while one slot sends without end, as fast as a core can: another slot with a datagram every two milliseconds, a node's
/// Ping to the RS, a DNS question to the DS of the same process; one after the other, idle and flooded. Three busy threads share the cores then
/// (two here), so that waiting for a core is part of the figures.
/// </summary>
internal static class RelayFairness
{
    private const int Rounds = 1000;
    private const int NamesEvery = 10; // rounds: slower than the DS begins to limit one asker
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(2);

    // Question for the zone's SOA record, RFC 1035 §4.1.
    private static readonly byte[] Question = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "ntm"u8, 4, .. "test"u8, 0, 0, 6, 0, 1];

    public static void Measure(Bench bench, ProductWorld world, SlotsUnderLoad slots)
    {
        using var resolver = world.Lab.Host("left").RunInside(() => new UdpSocket(new UdpSocketOptions(Endpoint.From(world.Lab.Host("left").Address, 0))));
        var dns = Endpoint.From(world.ServerHost.Addresses[0], 53);
        slots.Refresh();
        Report(bench, "idle", Round(slots, resolver, dns));
        using var flood = new Flood(slots.Flows[0]);
        Report(bench, "flooded", Round(slots, resolver, dns));
    }

    private static Sample[] Round(SlotsUnderLoad slots, UdpSocket resolver, Endpoint dns)
    {
        Sample light = new("slot"), control = new("control"), name = new("dns");
        for (var round = 0; round < Rounds; round++)
        {
            var next = Stopwatch.GetTimestamp() + Between.Ticks * (Stopwatch.Frequency / TimeSpan.TicksPerSecond);
            light.Time(() => Passes(slots.Flows[1]));
            control.Time(() => slots.Nodes[4].TryPing());
            if (round % NamesEvery == 0)
            {
                name.Time(() => Answers(resolver, dns));
            }

            while (Stopwatch.GetTimestamp() < next)
            {
                slots.Flows[1].Receiver.Receive(1); // nothing comes: a pause
            }
        }

        return [light, control, name];
    }

    private static bool Passes(LoadFlow flow)
    {
        var number = flow.Sent;
        flow.Send(1);
        return Receives(flow.Receiver, datagram => LoadFlow.FlowOf(datagram, flow.HeaderLeft, out var arrived) == flow.Number && arrived == number);
    }

    private static bool Answers(UdpSocket resolver, Endpoint dns)
    {
        Question[0]++;
        resolver.Send(dns, Question, Question.Length);
        return Receives(resolver, datagram => datagram.Length > 2 && datagram[0] == Question[0]);
    }

    private static bool Receives(UdpSocket socket, Func<ReadOnlySpan<byte>, bool> right)
    {
        const int patience = 100; // ms
        while (socket.Receive(patience) > 0)
        {
            for (var i = 0; i < socket.Count; i++)
            {
                if (right(socket[i].Bytes))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Report(Bench bench, string when, Sample[] samples)
    {
        foreach (var sample in samples)
        {
            var key = $"relay.fair.{when}.{sample.What}";
            bench.Figures.Add($"{key}_p50_us", sample.Percentile(0.5));
            bench.Figures.Add($"{key}_p99_us", sample.Percentile(0.99));
            bench.Figures.Add($"{key}_loss", sample.Loss);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {key}: p50 {sample.Percentile(0.5),6:F0} us, p99 {sample.Percentile(0.99),6:F0} us, lost {sample.Loss:P1}"));
        }
    }

    private sealed class Sample(string what)
    {
        private readonly List<double> _microseconds = [];
        private int _lost;

        public string What => what;

        public double Loss => (double)_lost / (_lost + _microseconds.Count);

        public void Time(Func<bool> question)
        {
            var began = Stopwatch.GetTimestamp();
            if (question())
            {
                _microseconds.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
            else
            {
                _lost++;
            }
        }

        public double Percentile(double part) => _microseconds.Count == 0
            ? throw new LabException($"nothing came through: {what}")
            : _microseconds.Order().ElementAt((int)(part * (_microseconds.Count - 1)));
    }

    /// <summary>Sends as fast as it can until it is disposed; what arrives is left to the kernel.</summary>
    private sealed class Flood : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _stopping;

        public Flood(LoadFlow flow)
        {
            _thread = new Thread(() =>
            {
                while (!_stopping)
                {
                    flow.Send(flow.MaxRun);
                }
            })
            { IsBackground = true, Name = "flood" };
            _thread.Start();
        }

        public void Dispose()
        {
            _stopping = true;
            _thread.Join();
        }
    }
}
