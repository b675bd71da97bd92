using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

/// <summary>What the Direction Server is asked for and told: registration, NAT facts, directions.</summary>
internal sealed class DirectionClient : IServerUser
{
    private const int DirectionTries = 5;
    private const int NameTries = 3;
    private readonly NodeContext _node;
    private readonly RelayClient _relays;
    private readonly Action<RouteDirection> _onInvited;
    private readonly Action _onCandidatesChanged;
    private readonly OpenQuestions<string, Direction> _directions;
    private readonly OpenQuestions<UInt128, string?> _names;
    private readonly OpenQuestions<string, PublishedAddress> _published;
    private readonly ServerConnection? _server;
    private FilteringTest? _filteringTest;
    private Retry? _registering;
    private byte[] _registration = [];
    private uint _registrationNumber;
    private long _renewMs = long.MaxValue;
    private ulong _serial;
    private bool _isNewSession;

    /// <param name="node">What all parts share.</param>
    /// <param name="relays">Told of the relays that the DS names.</param>
    /// <param name="onInvited">A peer wants a session with us.</param>
    /// <param name="onCandidatesChanged">Our addresses as seen from outside changed.</param>
    public DirectionClient(NodeContext node, RelayClient relays, Action<RouteDirection> onInvited, Action onCandidatesChanged)
    {
        _node = node;
        _relays = relays;
        _onInvited = onInvited;
        _onCandidatesChanged = onCandidatesChanged;
        _directions = new(node, DirectionTries, (number, device) => _server?.Send(new DirectionRequest(number, device)), new Direction(null, null));
        _names = new(node, NameTries, (number, address) => _server?.Send(new DeviceNameRequest(number, address)), null);
        _published = new(node, NameTries, (number, device) => _server?.Send(new PublishedAddressRequest(number, device)), default);
        _serial = node.Settings.FirstBundleSerial;
        var servers = node.Settings.DirectionServers;
        _server = servers.Count == 0 ? null : new ServerConnection(node, servers[0], this);
        RebuildBundle();
    }

    public ServerConnection? Server => _server;

    /// <summary>Our own bundle as the DS has it, or soon will.</summary>
    public byte[] Bundle { get; private set; } = [];

    public NatMapping Mapping { get; private set; }

    public NatFiltering Filtering { get; private set; }

    /// <summary>Whether the DS accepted the last registration.</summary>
    public bool IsRegistered { get; private set; }

    /// <summary>Why the DS refused it, if it did.</summary>
    public RegistrationResult LastResult { get; private set; }

    public long DueMs => Math.Min(
        Math.Min(Math.Min(_server?.DueMs ?? long.MaxValue, _renewMs), _server?.IsUp == true ? Math.Min(_registering?.DueMs ?? long.MaxValue, Math.Min(_node.Prekeys.DueMs, _node.Publishing.TellDueMs)) : long.MaxValue),
        Math.Min(Math.Min(_directions.DueMs, _names.DueMs), Math.Min(_published.DueMs, _filteringTest?.DueMs ?? long.MaxValue)));

    /// <summary>Our addresses: those of the uplinks, where gateways map us to, and as the servers see us.</summary>
    public Candidate[] Candidates() =>
    [
        .. _node.HostCandidates
            .Concat(OfferedMappings.Select(m => new Candidate(CandidateKind.Mapped, m)))
            .Concat(Seen().Select(s => new Candidate(CandidateKind.Seen, s)))
            .DistinctBy(c => c.Endpoint).Take(Candidate.MaxCount),
    ];

    /// <summary>The mappings that peers are told of: where a server sees us at the very address. Else there is another NAT behind the gateway, or it lies.</summary>
    public IEnumerable<Endpoint> OfferedMappings =>
        _node.Mapped.Where(m => Seen().Any(s => s.IsIpv4 == m.IsIpv4 && s.Address == m.Address));

    /// <summary>Asks for a route to a device; the answer comes once, also when nobody answers.</summary>
    public void Ask(string device, Action<Direction> answered) => _directions.Ask(device, answered);

    /// <summary>Asks whose a virtual IPv6 address is; the answer, a device's name in full or null, comes once, also when nobody answers.</summary>
    public void AskName(UInt128 address, Action<string?> answered) => _names.Ask(address, answered);

    /// <summary>Asks where ordinary hosts reach a device, by its name in full; nowhere, also when nobody answers. The answer comes once.</summary>
    public void AskPublished(string device, Action<PublishedAddress> answered) => _published.Ask(device, answered);

    /// <summary>Groups changed: a new bundle shows them.</summary>
    public void OnGroupsChanged()
    {
        RebuildBundle();
        Register();
    }

    /// <summary>A gateway maps us to other endpoints.</summary>
    public void OnMappingsChanged()
    {
        Register();
        _onCandidatesChanged();
    }

    public void OnUplinksChanged()
    {
        (Mapping, _node.Nat) = (NatMapping.Unknown, default);
        _server?.OnUplinksChanged();
    }

    public void OnCertificateRenewed() => _server?.OnCertificateRenewed();

    public void Tick()
    {
        _server?.Tick();
        if (_node.NowMs >= _renewMs)
        {
            Register();
        }

        if (_server?.IsUp == true && _registering?.IsDue(_node.NowMs) == true)
        {
            _server.Send(_registration);
        }

        if (_server is not null)
        {
            _node.Prekeys.Tick(_server, _node.NowMs);
            _node.Publishing.TickDirections(_server, _node.NowMs);
        }

        TickFiltering();
        _directions.Tick();
        _names.Tick();
        _published.Tick();
    }

    private void TickFiltering()
    {
        _filteringTest?.Tick();
        if (_filteringTest?.IsOver(_node.NowMs) == true)
        {
            var found = _filteringTest.Result(_relays.Connections.Select(r => r.Server));
            _filteringTest.Close();
            _filteringTest = null;
            if (found != Filtering)
            {
                Filtering = found;
                Register();
            }
        }
    }

    public void OnServerUp(ServerConnection connection)
    {
        Register();
        _isNewSession = true;
    }

    /// <summary>An address as seen by the DS or a relay changed: that tells how the NAT maps.</summary>
    public void OnSeenChanged(ServerConnection connection)
    {
        OnSeenChanged();
        Filtering = NatFiltering.Unknown;
        _filteringTest?.Close();
        _filteringTest = !connection.Seen.IsNone && _node.StunServer is { } server ? new FilteringTest(_node, in server) : null;
        _filteringTest?.Tick();
    }

    // Where the servers see us, by the way in use and by IPv4 beside it.
    private IEnumerable<Endpoint> Seen() =>
        _relays.Connections.Append(_server!).Where(c => c is not null).SelectMany(c => new[] { c.Seen, c.SeenBeside }).Where(s => !s.IsNone);

    public void OnMoving(ServerConnection connection)
    {
        // What the DS is told may come from anywhere.
    }

    public void OnSeenChanged()
    {
        // Only what is seen by one IP version can differ for what the NAT does; NATs are those of IPv4.
        if (Seen().GroupBy(s => s.IsIpv4).OrderBy(g => g.Key ? 0 : 1).FirstOrDefault(g => g.Count() >= 2) is { } alike)
        {
            Mapping = alike.Distinct().Count() == 1 ? NatMapping.EndpointIndependent : NatMapping.EndpointDependent;
        }

        var at = _server is { } ds ? ds.SeenBeside.IsNone ? ds.Seen : ds.SeenBeside : default;
        _node.Nat = at.IsNone ? default : (Mapping, at);
        _server?.Doubt(); // what became of a relay's view of us may have become of the DS's
        Register();
        _onCandidatesChanged();
    }

    public bool OnServerFrame(ServerConnection connection, FrameType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.RegistrationResponse:
                return RegistrationResponse.TryRead(body, out var registered) && OnRegistered(registered);
            case FrameType.RouteDirection:
                return RouteDirection.TryRead(body, out var route) && OnRoute(route);
            case FrameType.DirectionRefusal:
                return DirectionRefusal.TryRead(body, out var refusal) && Answer(_directions, refusal.Request, new Direction(null, refusal.Reason));
            case FrameType.OtherEndpoints:
                return OtherEndpoints.TryRead(body, out var others) && OnOthers(others);
            case FrameType.PrekeyOfferAck:
                return PrekeyOfferAck.TryRead(body, out var kept) && OnPrekeysKept(in kept);
            case FrameType.DeviceName:
                return DeviceName.TryRead(body, out var named) && Answer(_names, named.Request, named.Name);
            case FrameType.PublishedAddress:
                return PublishedAddress.TryRead(body, out var published) && Answer(_published, published.Request, published);
            case FrameType.PublishedNamesAck:
                return _node.Publishing.OnNamed(body);
            default:
                return true;
        }
    }

    private bool OnOthers(OtherEndpoints others)
    {
        foreach (var server in others.Servers)
        {
            if (server.Known == _server!.Server)
            {
                _server.Learn(server.Other);
                _node.Direction = _node.Direction! with { Other = server.Other };
            }
            else
            {
                _relays.Learn(in server);
            }
        }

        return true;
    }

    private bool OnRegistered(RegistrationResponse response)
    {
        if (response.Request != _registrationNumber)
        {
            return true;
        }

        _registering = null;
        LastResult = response.Result;
        IsRegistered = response.Result == RegistrationResult.Accepted;
        _renewMs = _node.NowMs + Math.Clamp(response.LifetimeSeconds, 10, 3600) * 500L;
        if (IsRegistered && _isNewSession)
        {
            _isNewSession = false; // the DS takes these of who is registered, and may have forgotten them with the session
            _node.Prekeys.Offer(_node);
            _node.Publishing.OnRegistered();
        }

        foreach (var relay in response.Relays)
        {
            _relays.Connect(new ServerAddress(relay.Endpoint, relay.PublicKey));
        }

        return true;
    }

    private bool OnPrekeysKept(in PrekeyOfferAck ack)
    {
        _node.Prekeys.OnAcknowledged(in ack);
        return true;
    }

    private bool OnRoute(RouteDirection route)
    {
        if (route.Role == DirectionRole.Initiator)
        {
            return Answer(_directions, route.Request, new Direction(route, default));
        }

        _server!.Send(new RouteDirectionAck(route.RendezvousId));
        _onInvited(route);
        if (route.Prekey is not null)
        {
            _node.Prekeys.OnGiven(_node);
        }

        return true;
    }

    private static bool Answer<TQuestion, TAnswer>(OpenQuestions<TQuestion, TAnswer> questions, uint number, TAnswer answer)
    {
        questions.Answer(number, answer);
        return true;
    }

    /// <summary>Tells the DS what we are now; repeated until it answers.</summary>
    public void Register()
    {
        _registrationNumber = _node.NextNumber();
        var candidates = _node.Groups.Seal(Bundle, Candidates(), _node.Random);
        var request = new RegistrationRequest(
            _registrationNumber, Mapping, Filtering, candidates, [.. _node.Devices.SharedLabels()], Bundle);
        _registration = new FrameBuilder().Append(request).ToArray();
        _registering = new Retry(250, 4000, int.MaxValue);
        _renewMs = long.MaxValue;
        if (_server?.IsUp == true && _registering.IsDue(_node.NowMs))
        {
            _server.Send(_registration);
        }
    }

    private void RebuildBundle() => Bundle = _node.Groups.BuildBundle(_node.Settings, _serial++, _node.Random);
}

/// <summary>The DS's answer to a question for a route.</summary>
/// <param name="Route">The route, or null.</param>
/// <param name="Refusal">Why there is none; null beside a null route: nobody answered.</param>
internal sealed record Direction(RouteDirection? Route, DirectionRefusalReason? Refusal);
