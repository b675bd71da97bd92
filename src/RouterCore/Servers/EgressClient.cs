using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using Suite = NTMobile.Security.Session.CipherSuite;

namespace NTMobile.RouterCore.Servers;

/// <summary>
/// The way to ordinary hosts through a relay server, while the owner's policy may need one or a device is published. It asks the first relay that answers, in datagrams of
/// every likely size: the largest that is granted in its own size is what the way carries in both directions. Every move asks anew, under the
/// same keys.
/// </summary>
internal sealed class EgressClient(NodeContext node, RelayClient relays) : IRelayListener
{
    // Flows that are left to the router go through the relay server for so long after a move: who moved may move again.
    private const int MovedMs = 30 * 60_000;
    private const int WatchMs = 500;
    private const int CollectMs = 100; // answers of other sizes come behind the first

    // UDP payloads of packets of 1500 (IPv4, IPv6), 1400, 1280, 1124 and 576 bytes over IPv4, the largest first: its answer is then mostly the first.
    private static readonly int[] Sizes = [1472, 1452, 1372, 1252, 1096, 548];
    private readonly HashSet<Endpoint> _refused = [];
    private ServerConnection? _relay;
    private Retry? _asking;
    private uint _request;
    private int _answered; // largest size granted since the last change of place
    private bool _told; // the relay is told that size
    private bool _isNew; // the relay is another one, or knows us anew, and no size has been told since
    private int _measured; // the last one of which both sides know; until a new place has been measured, that of the place before
    private PathId _receive;
    private PathId _formerReceive;
    private EgressGrant? _grant;
    private EgressSession? _session;
    private Uplink? _place;
    private long _watchMs;
    private (long Out, long In) _watched;
    private long _movedMs = long.MinValue / 2;
    private bool _isWantedByPolicy;

    /// <summary>Whether the policy may send packets through a relay server.</summary>
    public bool IsWantedByPolicy
    {
        get => _isWantedByPolicy;
        set
        {
            _isWantedByPolicy = value;
            Tick();
        }
    }

    public long DueMs => !IsWanted || _relay is not { IsUp: true }
        ? long.MaxValue
        : Math.Min(Math.Min(_asking?.DueMs ?? long.MaxValue, node.Publishing.AskDueMs), _session is null ? long.MaxValue : _watchMs);

    private bool IsWanted => _isWantedByPolicy || node.Publishing.NeedsRelay;

    public EgressStatus Status() => new(
        node.Tables.Egress is { } ? _relay?.Server : null,
        node.Tables.Egress?.LargestPacket ?? 0,
        node.Tables.RelaysByItself,
        _session?.Counters.PacketsOut ?? 0,
        _session?.Counters.PacketsIn ?? 0);

    public void OnUplinksChanged()
    {
        var place = node.Uplinks.Count > 0 ? node.Uplinks[0] : null;
        if (place is not null && _place is not null && place.Local != _place.Local)
        {
            _movedMs = node.NowMs;
        }

        _place = place ?? _place;
        if (_relay is not null)
        {
            Publish();
            Ask();
        }

        Tick();
    }

    public void OnRelayUp(ServerConnection relay)
    {
        _refused.Remove(relay.Server);
        if (relay == _relay)
        {
            Ask(); // it may have forgotten us
            _isNew = true;
        }

        Tick();
    }

    public void OnRelayMoving(ServerConnection relay)
    {
        if (relay == _relay && node.Tables.Egress is { } path && path.Remote != relay.Remote)
        {
            Publish();
            Ask();
        }
    }

    public void Tick()
    {
        node.Tables.RelaysByItself = _isWantedByPolicy && node.NowMs - _movedMs < MovedMs;
        if (!IsWanted)
        {
            Leave();
            return;
        }

        ChooseRelay();
        node.Publishing.TickRelay(node.NowMs);
        if (_session is { } session && (session.Secure.WantsRekey || session.Secure.PacketsOpened >= SecureSession.RekeyAfterPackets / 2) && _asking is null)
        {
            NewReceivePath();
            Ask();
        }

        if (_relay is { IsUp: true } relay && _asking?.IsDue(node.NowMs) == true)
        {
            SendRequest(relay);
        }

        Watch();
    }

    public bool OnRelayFrame(ServerConnection relay, FrameType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.EgressGrant:
                if (!EgressGrant.TryRead(body, out var grant))
                {
                    return false;
                }

                if (relay == _relay && grant.Request == _request && IsWanted)
                {
                    OnGrant(grant);
                }

                return true;
            case FrameType.EgressRefused:
                if (!EgressRefused.TryRead(body, out var refused))
                {
                    return false;
                }

                if (relay == _relay && refused.Request == _request)
                {
                    _refused.Add(relay.Server);
                    node.Publishing.OnNotOffered();
                    Leave();
                    Tick();
                }

                return true;
            case FrameType.PublishResponse:
                return node.Publishing.OnResponse(relay, body);
            default:
                return true;
        }
    }

    // Packets go out and none comes back: the relay server is asked at once whether it still knows us, and where.
    private void Watch()
    {
        if (_session is not { } session || node.NowMs < _watchMs)
        {
            return;
        }

        var now = (Out: session.Counters.PacketsOut, In: session.Counters.PacketsIn);
        if (now.Out > _watched.Out && now.In == _watched.In)
        {
            _relay?.Doubt();
        }

        (_watched, _watchMs) = (now, node.NowMs + WatchMs);
    }

    // The one in use stays for as long as it answers: ordinary hosts know us by its address.
    private void ChooseRelay()
    {
        if (_relay is { IsUp: true })
        {
            return;
        }

        var other = relays.Connections.FirstOrDefault(r => r.IsUp && !_refused.Contains(r.Server));
        if (other is not null && other != _relay)
        {
            Leave();
            _relay = other;
            NewReceivePath();
            Ask();
            _isNew = true;
        }
    }

    private void Leave()
    {
        node.Publishing.Use(null);
        node.Tables.Egress = null;
        Forget(ref _receive);
        Forget(ref _formerReceive);
        (_relay, _asking, _grant, _session, _measured) = (null, null, null, null, 0);
    }

    private void Forget(ref PathId path)
    {
        if (!path.IsNone)
        {
            node.Tables.SetPath(path, null);
            path = default;
        }
    }

    private void NewReceivePath()
    {
        Forget(ref _formerReceive);
        _formerReceive = _receive; // what is under way still comes in by it
        _receive = node.NewReceivePath(new ReceivePath(null, this));
    }

    private void Ask()
    {
        _request = node.NextNumber();
        (_answered, _told) = (0, false);
        _asking = new Retry(250, 2000, int.MaxValue);
    }

    private void SendRequest(ServerConnection relay)
    {
        if (_answered > 0)
        {
            _request = _told ? _request : node.NextNumber(); // what is answered to the others says nothing about this one
            _told = true;
            relay.SendWhole(new EgressRequest(_request, _receive, (ushort)_answered));
            return;
        }

        foreach (var size in Sizes)
        {
            relay.SendWhole(new EgressRequest(_request, _receive, 0).OfDatagramSize(size));
        }
    }

    private void OnGrant(EgressGrant grant)
    {
        if (_grant is null || _grant.Send != grant.Send || !_grant.Key.AsSpan().SequenceEqual(grant.Key))
        {
            _session = new EgressSession(
                SecureSession.FromKey(grant.Key, true, grant.Suite == Wire.Frames.CipherSuites.Aes256Gcm ? Suite.Aes256Gcm : Suite.ChaCha20Poly1305, node.Random),
                this);
            node.Tables.SetPath(_receive, _session);
        }

        _grant = grant;
        if (_told)
        {
            _asking = null; // it knows the size, and begins with no smaller one
            _measured = _answered;
            Publish();
            if (_isNew)
            {
                _isNew = false;
                node.Publishing.Use(_relay); // now devices can answer
            }

            return;
        }

        var size = SealedDatagram.Overhead + FrameWriter.SizeOf(in grant);
        if (size > _answered)
        {
            _answered = size;
            _asking = new Retry(CollectMs, 2000, int.MaxValue);
            _asking.IsDue(node.NowMs); // the first pause is for the answers that are under way
        }
    }

    // Without an uplink the former way stays: what is sent there is lost, but no device is told that the Internet is gone.
    private void Publish()
    {
        if (_session is not null && _grant is not null && _measured > 0 && _relay is not null && node.UplinkFor(_relay.Remote) is { } uplink)
        {
            node.Tables.Egress = new EgressPath(_session, uplink.Number, _relay.Remote, _grant.Send, _measured, _grant.Resolver);
        }
    }
}
