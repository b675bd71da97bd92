using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

/// <summary>Connections to Relay Servers and the legs joined there.</summary>
internal sealed class RelayClient(NodeContext node, Action onSeenChanged) : IServerUser
{
    private readonly Dictionary<Packets.Endpoint, ServerConnection> _relays = [];
    private readonly List<RelayLeg> _legs = [];

    public IEnumerable<ServerConnection> Connections => _relays.Values;

    public long DueMs => Math.Min(
        _relays.Values.Select(r => r.DueMs).DefaultIfEmpty(long.MaxValue).Min(),
        _legs.Select(l => l.DueMs).DefaultIfEmpty(long.MaxValue).Min());

    /// <summary>Connects to the relay, if that is not done yet: so that no direction has to wait for it.</summary>
    public ServerConnection Connect(ServerAddress relay)
    {
        if (!_relays.TryGetValue(relay.Endpoint, out var connection))
        {
            _relays[relay.Endpoint] = connection = new ServerConnection(node, relay, this);
            connection.Tick();
        }

        return connection;
    }

    /// <summary>Joins a slot; data may be sent on the leg at once.</summary>
    public RelayLeg Join(RelaySlot slot)
    {
        var leg = new RelayLeg(node, Connect(new ServerAddress(slot.Relay.Endpoint, slot.Relay.PublicKey)), slot.Pass);
        _legs.Add(leg);
        leg.Tick();
        return leg;
    }

    /// <summary>Forgets a leg; the relay forgets it by itself.</summary>
    public void Leave(RelayLeg leg)
    {
        _legs.Remove(leg);
        leg.Close();
    }

    public void Tick()
    {
        foreach (var relay in _relays.Values)
        {
            relay.Tick();
        }

        foreach (var leg in _legs)
        {
            leg.Tick();
        }
    }

    public void OnUplinksChanged()
    {
        foreach (var relay in _relays.Values)
        {
            relay.OnUplinksChanged();
        }
    }

    public void OnServerUp(ServerConnection connection)
    {
        foreach (var leg in _legs.Where(l => l.Relay == connection))
        {
            leg.Rejoin();
        }
    }

    public void OnMoving(ServerConnection connection)
    {
        foreach (var leg in _legs.Where(l => l.Relay == connection))
        {
            leg.Moving?.Invoke();
        }
    }

    public void OnSeenChanged(ServerConnection connection) => onSeenChanged();

    public bool OnServerFrame(ServerConnection connection, FrameType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.RelayJoined:
                if (!RelayJoined.TryRead(body, out var joined))
                {
                    return false;
                }

                _legs.Find(l => l.Relay == connection && l.Request == joined.Request)?.OnJoined();
                return true;
            case FrameType.RelayRefused:
                if (!RelayRefused.TryRead(body, out var refused))
                {
                    return false;
                }

                _legs.Find(l => l.Relay == connection && l.Request == refused.Request)?.OnRefused(refused.Reason);
                return true;
            default:
                return true;
        }
    }
}

/// <summary>This node's half of a relay slot.</summary>
internal sealed class RelayLeg
{
    private const int MaximumBadPasses = 30;
    private const int BadPassPauseMs = 1000;
    private readonly NodeContext _node;
    private readonly SlotPass _pass;
    private Retry? _join;
    private int _badPasses;

    public RelayLeg(NodeContext node, ServerConnection relay, SlotPass pass)
    {
        _node = node;
        _pass = pass;
        Relay = relay;
        ReceivePath = node.NewReceivePath(new ReceivePath(null, this));
        NewRequest();
    }

    public ServerConnection Relay { get; }

    public uint Request { get; private set; }

    /// <summary>Called when the relay begins to take datagrams from our present address and no longer from the one before.</summary>
    public Action? Moving { get; set; }

    /// <summary>Path id that we put on datagrams for the partner.</summary>
    public PathId SendPath { get; private set; }

    /// <summary>Path id that the relay puts on datagrams for us.</summary>
    public PathId ReceivePath { get; }

    /// <summary>Whether the relay let us in; once it did, a lost session with it is repaired by joining again.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>Whether datagrams may be given to it: the relay has our request, or will have it before them.</summary>
    public bool IsUsable => Relay.IsUp && !IsRefused;

    /// <summary>The relay does not accept the pass any more.</summary>
    public bool IsRefused { get; private set; }

    public long DueMs => Relay.IsUp && _join is { } join ? join.DueMs : long.MaxValue;

    /// <summary>From now on what comes in on the leg belongs to this session.</summary>
    public void Attach(PeerSession session) => _node.Tables.SetPath(ReceivePath, new ReceivePath(session, this));

    public void Rejoin()
    {
        NewRequest();
        Tick();
    }

    public void Tick()
    {
        if (Relay.IsUp && _join?.IsDue(_node.NowMs) == true)
        {
            Relay.Send(new RelayJoin(Request, _pass, SendPath, ReceivePath));
        }
    }

    public void OnJoined()
    {
        IsJoined = true;
        _badPasses = 0;
        _join = null;
    }

    public void OnRefused(RelayRefusedReason reason)
    {
        switch (reason)
        {
            case RelayRefusedReason.PathIdTaken:
                SendPath = default;
                Rejoin();
                break;
            case RelayRefusedReason.BadPass when ++_badPasses < MaximumBadPasses:
                // A relay that restarted knows no pass before the DS has given it its key.
                IsJoined = false;
                _join = new Retry(BadPassPauseMs, BadPassPauseMs, int.MaxValue);
                _join.IsDue(_node.NowMs);
                break;
            default:
                IsRefused = true;
                _join = null;
                break;
        }
    }

    public void Close()
    {
        _join = null;
        _node.Tables.SetPath(ReceivePath, null);
    }

    private void NewRequest()
    {
        Request = _node.NextNumber();
        SendPath = SendPath.IsNone ? PathId.FromRandom((uint)_node.RandomNumber()) : SendPath;
        _join = new Retry(60, 1000, int.MaxValue);
    }
}
