using System.Collections.Concurrent;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Streams;

/// <summary>
/// Connections with servers over TLS. One is opened when the node first sends to a server's TCP endpoint, which it does only where UDP does not answer,
/// and closed when nothing was sent for a while: there is none on an ordinary network. Any thread sends; the receive thread alone takes what comes.
/// </summary>
internal sealed class StreamTable : IDisposable
{
    private const int MaximumStreams = 32; // servers × uplinks; a node has two or three servers
    private const int RetryMs = 1000;
    private const int IdleMs = 45_000; // three keep-alives of the node
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);
    private readonly TimeProvider _time;
    private readonly DaemonLog _log;
    private readonly ConcurrentDictionary<(int Uplink, Endpoint Server), ServerStream> _streams = new();
    private readonly ConcurrentQueue<ServerStream> _arrived = new();
    private readonly Lock _opening = new();
    private readonly ITimer _sweep;
    private readonly NativeBuffer _room = new(UdpSocket.MaximumRun);
    private volatile IReadOnlyList<Uplink> _uplinks = [];

    public StreamTable(TimeProvider time, DaemonLog log)
    {
        _time = time;
        _log = log;
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    /// <summary>Called when something waits for <see cref="Deliver"/>.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>Whether something waits for <see cref="Deliver"/>.</summary>
    public bool HasArrivals => !_arrived.IsEmpty;

    private long NowMs => _time.GetTimestamp() / (_time.TimestampFrequency / 1000);

    /// <summary>Sends datagrams of one size; opens the connection if there is none.</summary>
    /// <returns>False: no room, no such uplink, or the connection failed less than a second ago.</returns>
    public bool TrySend(int uplink, in Endpoint to, ReadOnlySpan<byte> run, int datagramSize)
    {
        if (!_streams.TryGetValue((uplink, to), out var stream) || stream.IsOver)
        {
            stream = Open(uplink, in to);
        }

        if (stream is null || !stream.TrySend(run, datagramSize))
        {
            return false;
        }

        stream.LastSentMs = NowMs;
        return true;
    }

    /// <summary>Other uplinks from now on: connections from addresses that are gone end.</summary>
    public void SetUplinks(IReadOnlyList<Uplink> uplinks)
    {
        _uplinks = uplinks;
        foreach (var stream in _streams.Values.Where(s => !uplinks.Any(u => u.Number == s.Uplink.Number && u.Local == s.Uplink.Local)))
        {
            stream.Close();
        }
    }

    /// <summary>Gives the router what has come; called by the receive thread.</summary>
    /// <param name="router">Null: there is no node, and nothing is for anybody.</param>
    /// <param name="state">The receive thread's state.</param>
    /// <param name="lan">Takes packets for LAN devices.</param>
    public void Deliver(Router? router, LoopState state, ILanSink lan)
    {
        while (_arrived.TryDequeue(out var stream))
        {
            while (stream.TryTake(_room.Span, out var length, out var size))
            {
                router?.FromWire(new ReceivedRun(_room.Span[..length], size, stream.Server, stream.Uplink.Number, 0), state, lan);
            }

            stream.Taken();
        }
    }

    /// <summary>A stream has something for <see cref="Deliver"/>.</summary>
    public void Arrived(ServerStream stream)
    {
        _arrived.Enqueue(stream);
        Wake();
    }

    /// <summary>A stream is connected.</summary>
    public void OnConnected(ServerStream stream) => _log.StreamUp(stream.Server.ToString(), stream.Uplink.Name, NowMs - stream.BegunMs);

    public void Dispose()
    {
        _sweep.Dispose();
        SetUplinks([]);
        _room.Dispose();
    }

    private ServerStream? Open(int number, in Endpoint to)
    {
        lock (_opening)
        {
            var key = (number, to);
            var now = NowMs;
            if (_streams.TryGetValue(key, out var known) && (!known.IsOver || now - known.BegunMs < RetryMs))
            {
                return known;
            }

            if (_streams.Count >= MaximumStreams || _uplinks.FirstOrDefault(u => u.Number == number) is not { } uplink)
            {
                return null;
            }

            var stream = new ServerStream(this, uplink, to, now);
            _streams[key] = stream;
            _ = RunAsync(stream);
            return stream;
        }
    }

    private async Task RunAsync(ServerStream stream)
    {
        if (await Task.Run(stream.RunAsync).ConfigureAwait(false) is { } reason)
        {
            _log.StreamDown(stream.Server.ToString(), stream.Uplink.Name, reason);
        }
    }

    private void Sweep()
    {
        var now = NowMs;
        foreach (var (key, stream) in _streams)
        {
            if (stream.IsOver && now - stream.BegunMs > RetryMs)
            {
                _streams.TryRemove(new(key, stream));
            }
            else if (now - stream.LastSentMs > IdleMs)
            {
                stream.Close();
            }
        }
    }
}
