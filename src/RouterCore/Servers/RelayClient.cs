using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

/// <summary>Connections to Relay Servers and the legs joined there.</summary>
internal sealed class RelayClient(NodeContext node, Action onSeenChanged) : IServerUser
{
    private readonly Dictionary<Packets.Endpoint, ServerConnection> _relays = [];
    private readonly Dictionary<Packets.Endpoint, Packets.Endpoint> _others = [];
    private readonly HashSet<RelayLeg> _legs = [];
    private readonly Dictionary<uint, RelayLeg> _joining = [];

    /// <summary>Takes part in what the relays say.</summary>
    public IRelayListener? Listener { get; set; }

    public IEnumerable<ServerConnection> Connections => _relays.Values;

    /// <summary>When a connection wants to be called; the legs are in the agenda.</summary>
    public long DueMs
    {
        get
        {
            var due = long.MaxValue;
            foreach (var relay in _relays.Values)
            {
                due = Math.Min(due, relay.DueMs);
            }

            return due;
        }
    }

    /// <summary>Connects to the relay, if that is not done yet: so that no direction has to wait for it.</summary>
    public ServerConnection Connect(ServerAddress relay)
    {
        if (!_relays.TryGetValue(relay.Endpoint, out var connection))
        {
            relay = relay with { Other = _others.GetValueOrDefault(relay.Endpoint) };
            _relays[relay.Endpoint] = connection = new ServerConnection(node, relay, this);
            connection.Tick();
        }

        return connection;
    }

    /// <summary>A relay is reached by the other IP version too.</summary>
    public void Learn(in OtherEndpoint relay)
    {
        _others[relay.Known] = relay.Other;
        _relays.GetValueOrDefault(relay.Known)?.Learn(relay.Other);
    }

    /// <summary>Joins a slot; data may be sent on the leg at once.</summary>
    public RelayLeg Join(RelaySlot slot)
    {
        var leg = new RelayLeg(node, Connect(new ServerAddress(slot.Relay.Endpoint, slot.Relay.PublicKey)), slot.Pass, _joining);
        _legs.Add(leg);
        leg.Join();
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
            leg.Join();
        }

        Listener?.OnRelayUp(connection);
    }

    public void OnMoving(ServerConnection connection)
    {
        foreach (var leg in _legs.Where(l => l.Relay == connection))
        {
            leg.Moving?.Invoke();
        }

        Listener?.OnRelayMoving(connection);
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

                Joining(connection, joined.Request)?.OnJoined();
                return true;
            case FrameType.RelayRefused:
                if (!RelayRefused.TryRead(body, out var refused))
                {
                    return false;
                }

                Joining(connection, refused.Request)?.OnRefused(refused.Reason);
                return true;
            default:
                return Listener?.OnRelayFrame(connection, type, body) ?? true;
        }
    }

    private RelayLeg? Joining(ServerConnection relay, uint request) =>
        _joining.TryGetValue(request, out var leg) && leg.Relay == relay ? leg : null;
}

/// <summary>Who else has business with the relays.</summary>
internal interface IRelayListener
{
    /// <summary>A session with a relay is new.</summary>
    void OnRelayUp(ServerConnection relay);

    /// <summary>A relay is reached from another address of ours, or in another way, from now on.</summary>
    void OnRelayMoving(ServerConnection relay);

    /// <summary>A frame that is not about legs.</summary>
    /// <returns>False: malformed.</returns>
    bool OnRelayFrame(ServerConnection relay, FrameType type, ReadOnlySpan<byte> body);
}

/// <summary>This node's half of a relay slot.</summary>
internal sealed class RelayLeg : Timed
{
    private const int RelayDownPauseMs = 250;
    private const int MaximumBadPasses = 30;
    private const int BadPassPauseMs = 1000;
    private readonly NodeContext _node;
    private readonly SlotPass _pass;
    private readonly Dictionary<uint, RelayLeg> _joining;
    private Retry? _join;
    private int _badPasses;
    private long _relayDownUntilMs;

    /// <param name="node">What all parts share.</param>
    /// <param name="relay">The connection to the relay.</param>
    /// <param name="pass">What lets us into the slot.</param>
    /// <param name="joining">The legs that wait for the relay's answer, by request: this one enters itself.</param>
    public RelayLeg(NodeContext node, ServerConnection relay, SlotPass pass, Dictionary<uint, RelayLeg> joining)
    {
        _node = node;
        _pass = pass;
        _joining = joining;
        Relay = relay;
        ReceivePath = node.NewReceivePath(new ReceivePath(null, this));
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

    public override long DueMs => _join is { } join ? Math.Max(join.DueMs, _relayDownUntilMs) : long.MaxValue;

    /// <summary>From now on what comes in on the leg belongs to this session.</summary>
    public void Attach(PeerSession session) => _node.Tables.SetPath(ReceivePath, new ReceivePath(session, this));

    /// <summary>Asks the relay to let us in, again and again until it answers.</summary>
    public void Join()
    {
        _joining.Remove(Request);
        Request = _node.NextNumber();
        _joining[Request] = this;
        SendPath = SendPath.IsNone ? PathId.FromRandom((uint)_node.RandomNumber()) : SendPath;
        _join = new Retry(60, 1000, int.MaxValue);
        Tick();
        _node.Agenda.Put(this);
    }

    public override void Tick()
    {
        var now = _node.NowMs;
        if (!Relay.IsUp)
        {
            _relayDownUntilMs = now + RelayDownPauseMs; // after a handshake we are called at once, after a mere silence not
            return;
        }

        _relayDownUntilMs = 0;
        if (_join?.IsDue(now) == true)
        {
            Relay.Send(new RelayJoin(Request, _pass, SendPath, ReceivePath));
        }
    }

    public void OnJoined()
    {
        IsJoined = true;
        _badPasses = 0;
        StopJoining();
    }

    public void OnRefused(RelayRefusedReason reason)
    {
        switch (reason)
        {
            case RelayRefusedReason.PathIdTaken:
                SendPath = default;
                Join();
                break;
            case RelayRefusedReason.BadPass when ++_badPasses < MaximumBadPasses:
                // A relay that restarted knows no pass before the DS has given it its key.
                IsJoined = false;
                _join = new Retry(BadPassPauseMs, BadPassPauseMs, int.MaxValue);
                _join.IsDue(_node.NowMs);
                _node.Agenda.Put(this);
                break;
            default:
                IsRefused = true;
                StopJoining();
                break;
        }
    }

    public void Close()
    {
        StopJoining();
        _node.Tables.SetPath(ReceivePath, null);
    }

    private void StopJoining()
    {
        _join = null;
        _joining.Remove(Request);
        _node.Agenda.Remove(this);
    }
}
