using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Security.Session;

namespace NTMobile.RouterCore.Sessions;

/// <summary>
/// What packet loops know of a session with a peer: keys, counters, the path to send on, the contexts.
/// The control loop publishes into it; packet loops change only counters, last-heard times and the receive window.
/// </summary>
internal sealed class PeerSession(string peerName, bool isInitiator, SecureSession secure) : ReceivePath
{
    /// <summary>Largest context number a peer may use.</summary>
    public const int MaximumContexts = 8192;

    private FlowContext?[] _contexts = new FlowContext?[8];
    private volatile SendPath? _active;
    private volatile TranslatedPath? _translation;
    private volatile KnownSource[] _sources = [];

    public string PeerName { get; } = peerName;

    /// <summary>Whether this node sent the first handshake message; decides whose context numbers are even and who rekeys.</summary>
    public bool IsInitiator { get; } = isInitiator;

    public SecureSession Secure { get; } = secure;

    /// <summary>The path that data goes out on; null: none now.</summary>
    public SendPath? Active
    {
        get => _active;
        set => _active = value;
    }

    /// <summary>The path on which flows with a lane travel without the tunnel; null: none is proved now.</summary>
    public TranslatedPath? Translation
    {
        get => _translation;
        set => _translation = value;
    }

    /// <summary>Sources from which authenticated packets are expected.</summary>
    public KnownSource[] Sources
    {
        get => _sources;
        set => _sources = value;
    }

    /// <summary>Whether nothing of it is at the node any more that came before the node knew it. Receive thread only.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Counters of user data, in packets and inner bytes.</summary>
    public SessionCounters Counters { get; } = new();

    public FlowContext? Context(ushort id)
    {
        var contexts = Volatile.Read(ref _contexts);
        return id < contexts.Length ? contexts[id] : null;
    }

    /// <summary>Fetches what a datagram from the peer will need, without waiting for it.</summary>
    public void FetchForReceiving()
    {
        CacheLines.Fetch(Counters, 80);
        CacheLines.Fetch(_active, 128);
        var contexts = Volatile.Read(ref _contexts);
        CacheLines.Fetch(contexts, CacheLines.Size);
        Secure.FetchForOpening();
        CacheLines.Fetch(contexts[0] ?? contexts[1], 128); // mostly the only one
    }

    /// <summary>All contexts held now. Control loop only.</summary>
    public IEnumerable<FlowContext> Contexts => _contexts.OfType<FlowContext>();

    /// <summary>Adds or removes a context. Control loop only.</summary>
    public void SetContext(ushort id, FlowContext? context)
    {
        var contexts = _contexts;
        if (id >= contexts.Length)
        {
            Array.Resize(ref contexts, Math.Min(MaximumContexts, Math.Max(id + 1, contexts.Length * 2)));
        }

        Volatile.Write(ref contexts[id], context);
        Volatile.Write(ref _contexts, contexts);
    }
}

/// <summary>A source of authenticated packets that the control loop knows, with the time it was last heard (written by the receive thread).</summary>
internal sealed class KnownSource(int uplink, Endpoint remote)
{
    public int Uplink { get; } = uplink;

    public Endpoint Remote { get; } = remote;

    /// <summary>Milliseconds of the node's clock.</summary>
    public long LastHeardMs;
}

/// <summary>User data of one session. Each field has one writing thread per direction or is added to atomically.</summary>
internal sealed class SessionCounters
{
    private long _packetsOut;
    private long _bytesOut;
    private long _packetsIn;
    private long _bytesIn;
    private long _datagramsIn;
    private ulong _highestIn;
    private long _lastInMs;
    private long _longestGapMs;
    private long _translatedOut;
    private long _translatedBytesOut;
    private long _translatedIn;
    private long _translatedBytesIn;

    public long PacketsOut => Interlocked.Read(ref _packetsOut);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public long PacketsIn => Interlocked.Read(ref _packetsIn);

    public long BytesIn => Interlocked.Read(ref _bytesIn);

    /// <summary>Packets that went out without the tunnel; they are not among <see cref="PacketsOut"/>.</summary>
    public long TranslatedOut => Interlocked.Read(ref _translatedOut);

    public long TranslatedBytesOut => Interlocked.Read(ref _translatedBytesOut);

    /// <summary>Packets that came in without the tunnel; they are not among <see cref="PacketsIn"/>.</summary>
    public long TranslatedIn => Interlocked.Read(ref _translatedIn);

    public long TranslatedBytesIn => Interlocked.Read(ref _translatedBytesIn);

    /// <summary>Authenticated datagrams of any kind; with the highest counter it gives the number lost.</summary>
    public long DatagramsIn => Interlocked.Read(ref _datagramsIn);

    /// <summary>Highest counter received.</summary>
    public ulong HighestIn => Volatile.Read(ref _highestIn);

    public void CountOut(int packets, int bytes)
    {
        Interlocked.Add(ref _packetsOut, packets);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void CountTranslatedOut(int bytes)
    {
        Interlocked.Increment(ref _translatedOut);
        Interlocked.Add(ref _translatedBytesOut, bytes);
    }

    // One thread receives from tunnels, and one what was translated: plain reads and volatile writes are enough.
    public void CountTranslatedIn(int bytes)
    {
        Volatile.Write(ref _translatedIn, _translatedIn + 1);
        Volatile.Write(ref _translatedBytesIn, _translatedBytesIn + bytes);
    }

    public void CountIn(int bytes)
    {
        Volatile.Write(ref _packetsIn, _packetsIn + 1);
        Volatile.Write(ref _bytesIn, _bytesIn + bytes);
    }

    /// <summary>Longest time without a datagram since this was last called, in ms.</summary>
    public int TakeLongestGap() => (int)Interlocked.Exchange(ref _longestGapMs, 0);

    public void CountDatagramIn(ulong counter, long nowMs)
    {
        if (_lastInMs != 0 && nowMs - _lastInMs > _longestGapMs)
        {
            Volatile.Write(ref _longestGapMs, nowMs - _lastInMs);
        }

        _lastInMs = nowMs;
        Volatile.Write(ref _datagramsIn, _datagramsIn + 1);
        if (counter > _highestIn)
        {
            Volatile.Write(ref _highestIn, counter);
        }
    }
}
