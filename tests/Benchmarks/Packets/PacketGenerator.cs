using System.Globalization;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>Sends UDP packets from alice's device to bob's and counts what arrives. Both ends are this program, and stay for all runs.</summary>
internal sealed class PacketGenerator
{
    private const int Port = 5300;

    // What one thread sends, the kernel forwards in that thread's time until somebody waits for it: with two, both processors can be used.
    private const int Flows = 2;
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(100);
    private readonly LabProcess _source;
    private readonly LabProcess _sink;
    private readonly string _address;
    private int _run;

    private PacketGenerator(LabProcess source, LabProcess sink, string address)
    {
        _source = source;
        _sink = sink;
        _address = address;
    }

    /// <summary>Packets per s that it has sent at most by any way, so at least what it can.</summary>
    public double MostSent { get; private set; }

    /// <summary>Starts both ends.</summary>
    public static async Task<PacketGenerator> StartAsync(Host client, Host server)
    {
        var generator = new PacketGenerator(Start(client, PacketSource.Command), Start(server, PacketSink.Command, $"{Port}"), $"{client.Address}");
        await generator._source.WaitForLineAsync("^ready").ConfigureAwait(false);
        await generator._sink.WaitForLineAsync("^ready").ConfigureAwait(false);
        return generator;
    }

    /// <summary>Offers packets at one rate.</summary>
    /// <param name="way">The way that they take.</param>
    /// <param name="size">Bytes of UDP payload.</param>
    /// <param name="rate">Packets per s.</param>
    /// <param name="duration">How long.</param>
    public async Task<Offer> OfferAsync(Way way, int size, double rate, TimeSpan duration)
    {
        var run = ++_run;
        await _source.Input.WriteLineAsync(
            $"{run} {way.Source ?? _address} {way.Target} {Port} {size} {(int)rate} {(int)duration.TotalMilliseconds} {Flows}").ConfigureAwait(false);
        await _source.Input.FlushAsync().ConfigureAwait(false);
        var sent = await _source.WaitForLineAsync($"^sent {run} ", duration + TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        await Task.Delay(Drain).ConfigureAwait(false);
        await _sink.Input.WriteLineAsync($"{run}").ConfigureAwait(false);
        await _sink.Input.FlushAsync().ConfigureAwait(false);
        var got = await _sink.WaitForLineAsync($"^got {run} ").ConfigureAwait(false);
        var offer = new Offer((long)Word(sent, 2), (long)Word(got, 2), Word(sent, 3));
        MostSent = Math.Max(MostSent, offer.Sent / offer.Seconds);
        return offer;
    }

    private static double Word(string line, int index) => double.Parse(line.Split(' ')[index], CultureInfo.InvariantCulture);

    private static LabProcess Start(Host host, params string[] words) =>
        host.Start(ProcessSpec.DotNet(typeof(PacketGenerator).Assembly.Location, words) with { Name = words[0] });
}
