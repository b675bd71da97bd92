using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Sessions;

/// <summary>What a received path id stands for.</summary>
/// <remarks>The peer's own addresses name the session itself; a relay leg names it and the leg.</remarks>
internal class ReceivePath
{
    /// <param name="session">The peer's session, once there is one; null for a relay leg that still waits for its handshake, and for servers.</param>
    /// <param name="owner">The control loop's own object behind it: a relay leg or a server link.</param>
    public ReceivePath(PeerSession? session, object? owner) => (Session, Owner) = (session, owner);

    /// <summary>Of a session, which is its own.</summary>
    protected ReceivePath() => Session = (PeerSession)this;

    public PeerSession? Session { get; }

    public object? Owner { get; }
}

/// <summary>The tables that packet loops look into. Only the control loop writes; reading takes no lock.</summary>
internal sealed class RouterTables
{
    private readonly PublishedTable<ReceivePath> _paths = new();
    private readonly PublishedTable<FlowContext> _outbound = new();
    private readonly PublishedTable<Lane> _lanes = new();

    /// <summary>What stands for IPv6 addresses.</summary>
    public StandInTable StandIns { get; } = new();

    /// <summary>Counts changes of the path table, so that a packet loop may keep its last look-up.</summary>
    public int PathVersion => Volatile.Read(ref _pathVersion);

    private int _pathVersion;
    private volatile bool _expectsPunches;

    /// <summary>Whether Punch datagrams say something to the control loop just now.</summary>
    public bool ExpectsPunches
    {
        get => _expectsPunches;
        set => _expectsPunches = value;
    }

    /// <summary>The way to ordinary hosts through a relay server; null: none now.</summary>
    public EgressPath? Egress
    {
        get => _egress;
        set => _egress = value;
    }

    private volatile EgressPath? _egress;

    /// <summary>Whether new flows that are left to the router go through the relay server.</summary>
    public bool RelaysByItself
    {
        get => _relaysByItself;
        set => _relaysByItself = value;
    }

    private volatile bool _relaysByItself;

    /// <summary>What ordinary hosts may reach; null: nothing was published since the start.</summary>
    public PublicPorts? Public
    {
        get => _public;
        set => _public = value;
    }

    private volatile PublicPorts? _public;

    /// <summary>What a path id stands for; null: nothing.</summary>
    public ReceivePath? Path(PathId id) => _paths.Find((ulong)id.Path);

    /// <summary>The context of a LAN packet, by its addresses; null: none.</summary>
    public FlowContext? Outbound(uint device, uint virtualAddress) =>
        _outbound.Find(FlowContext.OutboundKey(device, virtualAddress));

    /// <summary>The lane that has a port of this router; null: none.</summary>
    public Lane? Lane(byte protocol, ushort localPort) => _lanes.Find(Sessions.Lane.PortKey(protocol, localPort));

    public void SetLane(Lane lane) => _lanes.Set(Sessions.Lane.PortKey(lane.Terms.Protocol, lane.Terms.LocalPort), lane);

    /// <summary>Takes a lane out, unless another took its port.</summary>
    public void RemoveLane(Lane lane)
    {
        if (Lane(lane.Terms.Protocol, lane.Terms.LocalPort) == lane)
        {
            _lanes.Set(Sessions.Lane.PortKey(lane.Terms.Protocol, lane.Terms.LocalPort), null);
        }
    }

    public bool TryAddPath(PathId id, ReceivePath path)
    {
        if (Path(id) is not null)
        {
            return false;
        }

        SetPath(id, path);
        return true;
    }

    public void SetPath(PathId id, ReceivePath? path)
    {
        _paths.Set((ulong)id.Path, path);
        Interlocked.Increment(ref _pathVersion);
    }

    public void SetOutbound(FlowContext context) =>
        _outbound.Set(FlowContext.OutboundKey(context.Local.Address, context.Virtual), context);

    /// <summary>Takes a context out, unless another took its place.</summary>
    public void RemoveOutbound(FlowContext context)
    {
        if (Outbound(context.Local.Address, context.Virtual) == context)
        {
            _outbound.Set(FlowContext.OutboundKey(context.Local.Address, context.Virtual), null);
        }
    }
}
