using System.Diagnostics;
using NTMobile.NetfilterBridge;

namespace NTMobile.Benchmarks;

/// <summary>
/// Keeps a relay busy with some flows, and counts what arrives. Each flow has a window of datagrams that may be under way, so that neither a
/// relay's receive buffer overflows nor the sender burns the processor time that the relay could use. One thread sends and receives: the
/// other core is the relay's.
/// </summary>
internal sealed class RelayLoad : IDisposable
{
    private const int LostAfterMilliseconds = 10; // of silence
    private readonly IReadOnlyList<LoadFlow> _flows;
    private readonly WireReceiver _wire = new();

    public RelayLoad(IReadOnlyList<LoadFlow> flows)
    {
        _flows = flows;
        _wire.SetSockets([.. flows.Select(f => f.Receiver)]);
        _wire.Next(0); // takes the sockets over
    }

    /// <summary>Runs for a time.</summary>
    public LoadResult Run(LoadShape shape, TimeSpan duration)
    {
        var sent = _flows.Sum(f => f.Sent);
        var delivered = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            Fill(shape);
            delivered += Receive();
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var late = 0L;
        for (var more = 1L; more > 0; late += more)
        {
            more = Receive();
        }

        return new(delivered / seconds, _flows.Sum(f => f.Sent) - sent, delivered + late);
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    private void Fill(LoadShape shape)
    {
        foreach (var flow in _flows)
        {
            while (flow.Sent - flow.Done + shape.Run <= shape.Window)
            {
                flow.Send(shape.Run);
            }
        }
    }

    private long Receive()
    {
        if (_wire.Next(LostAfterMilliseconds) is not { } socket)
        {
            foreach (var flow in _flows)
            {
                flow.GiveUp();
            }

            return 0;
        }

        var delivered = 0L;
        for (var i = 0; i < socket.Count; i++)
        {
            delivered += Take(socket[i]);
        }

        return delivered;
    }

    private int Take(UdpRun run)
    {
        var taken = 0;
        for (var at = 0; at < run.Bytes.Length; at += run.DatagramSize)
        {
            var datagram = run.Bytes.Slice(at, Math.Min(run.DatagramSize, run.Bytes.Length - at));
            var flow = LoadFlow.FlowOf(datagram, _flows[0].HeaderLeft, out var number);
            if ((uint)flow < (uint)_flows.Count)
            {
                _flows[flow].Arrived(number);
                taken++;
            }
        }

        return taken;
    }
}

/// <summary>How hard each flow pushes.</summary>
/// <param name="Window">Datagrams that may be under way.</param>
/// <param name="Run">Datagrams of one send.</param>
internal readonly record struct LoadShape(int Window, int Run);

/// <summary>What a load came to.</summary>
/// <param name="PacketsPerSecond">Datagrams that arrived per second.</param>
/// <param name="Sent">Datagrams sent.</param>
/// <param name="Delivered">Datagrams that arrived, late ones included.</param>
/// <param name="RelayNanoseconds">Processor time of the relay per datagram.</param>
internal readonly record struct LoadResult(double PacketsPerSecond, long Sent, long Delivered, double RelayNanoseconds = 0)
{
    /// <summary>Bits per second of what arrived, UDP payload.</summary>
    public double Gbps => PacketsPerSecond * LoadFlow.DatagramSize * 8 / 1e9;

    /// <summary>What was lost, of what was sent.</summary>
    public double Loss => Sent == 0 ? 0 : 1 - ((double)Delivered / Sent);
}
