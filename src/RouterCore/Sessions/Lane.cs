using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Security.Pccom;

namespace NTMobile.RouterCore.Sessions;

/// <summary>What both ends of a lane agreed on.</summary>
/// <param name="Flow">Its number, of which its packets are proof.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="LocalPort">This router's port.</param>
/// <param name="DevicePort">The port of this LAN's device.</param>
/// <param name="PeerPort">The port of the peer's device.</param>
internal readonly record struct LaneTerms(uint Flow, byte Protocol, ushort LocalPort, ushort DevicePort, ushort PeerPort);

/// <summary>
/// One flow's way on a <see cref="TranslatedPath"/>: a pair of ports of the two routers, in both directions, as a NAT would make it.
/// Control loop writes; packet loops read, and count.
/// </summary>
internal sealed class Lane
{
    private readonly ulong _marker;
    private Place _remote;
    private volatile bool _isFixed;
    private volatile bool _canSend;
    private long _packetsOut;
    private long _packetsIn;

    /// <param name="path">On which path.</param>
    /// <param name="context">Whose packets; null: of the path's own probes alone.</param>
    /// <param name="terms">Ports and number.</param>
    /// <param name="remote">Where the peer should be.</param>
    public Lane(TranslatedPath path, FlowContext? context, in LaneTerms terms, Endpoint remote)
    {
        Path = path;
        Context = context;
        Terms = terms;
        _remote = new Place(remote);
        _marker = path.Keys.Marker(terms.Protocol, terms.Flow, own: false);
        Local = Endpoint.FromIpv4(path.Local, terms.LocalPort);
    }

    public TranslatedPath Path { get; }

    public FlowContext? Context { get; }

    public LaneTerms Terms { get; }

    /// <summary>This router's end.</summary>
    public Endpoint Local { get; }

    /// <summary>The peer's end, as its probes show it.</summary>
    public Endpoint Remote
    {
        get => Volatile.Read(ref _remote).Endpoint;
        set => Volatile.Write(ref _remote, new Place(value));
    }

    /// <summary>Whether the remote end has been proved, so that nothing from elsewhere is looked at.</summary>
    public bool IsFixed
    {
        get => _isFixed;
        set => _isFixed = value;
    }

    /// <summary>Whether the flow's packets may go out.</summary>
    public bool CanSend
    {
        get => _canSend;
        set => _canSend = value;
    }

    public PccomSession? Pccom => Path.Keys.Pccom;

    /// <summary>Data packets that went out.</summary>
    public long PacketsOut => Interlocked.Read(ref _packetsOut);

    /// <summary>Data packets that came in.</summary>
    public long PacketsIn => Volatile.Read(ref _packetsIn);

    public void CountOut(int packets) => Interlocked.Add(ref _packetsOut, packets);

    /// <summary>Counts one. Receiving thread only.</summary>
    public void CountIn() => Volatile.Write(ref _packetsIn, _packetsIn + 1);

    /// <summary>Whether a payload that came in begins as the peer's probes do.</summary>
    public bool MayBeProbe(ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.TryReadUInt64BigEndian(payload, out var marker) && marker == _marker;

    /// <summary>Key of a context's table: which flow of the two devices.</summary>
    public static ulong FlowKey(byte protocol, ushort devicePort, ushort peerPort) => ((ulong)protocol << 32) | ((ulong)devicePort << 16) | peerPort;

    /// <summary>Key of the table of lanes: at which port of this router its packets come in.</summary>
    public static ulong PortKey(byte protocol, ushort localPort) => ((ulong)protocol << 16) | localPort;

    private sealed record Place(Endpoint Endpoint);
}
