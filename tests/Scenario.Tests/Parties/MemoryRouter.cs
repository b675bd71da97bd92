using System.Globalization;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>
/// A real <see cref="Node"/> and <see cref="Router"/> with sockets, LAN and store in memory: what the daemon's loops do, on one thread. Events are
/// handled at once, as if the control loop were always quicker than the next packet.
/// </summary>
internal sealed partial class MemoryRouter : IParty
{
    private const uint LanPrefix = 0xC0A8_0800; // 192.168.8.0/24, the same behind every router
    private readonly MemoryWorld _world;
    private readonly SeededRandom _random;
    private readonly NodeIdentity _identity;
    private readonly byte[] _certificate;
    private readonly Queue<NodeEvent> _mailbox = new();
    private readonly Dictionary<uint, Device> _devices = [];
    private readonly List<VirtualLease> _leases = [];
    private readonly Dictionary<int, Socket> _uplinks = [];
    private readonly Dictionary<int, Socket> _further = [];
    private List<GroupMembership> _groups;
    private Node? _node;
    private ulong _serial = 1;
    private int _lastPlug;
    private int _lastUplink;
    private bool _stepping;

    public MemoryRouter(MemoryWorld world, string name, IReadOnlyList<TestGroup> groups, SeededRandom random)
    {
        Name = name;
        _world = world;
        _random = random;
        _wire = new MemoryWireSink(this);
        _lan = new MemoryLanSink(Deliver);
        (_identity, _certificate) = world.Provider.Certify(name, CertificateRole.Node);
        _groups = [.. groups.Select((g, i) => g.Admit(name, _identity))];
    }

    public string Name { get; }

    public NodeIdentity Identity => _identity;

    public Node Node => _node ?? throw new InvalidOperationException("The router is off.");

    public Router Router => Node.Router;

    public NodeStatus Status
    {
        get
        {
            NodeStatus? status = null;
            Tell(new StatusRequested(s => status = s));
            return status!;
        }
    }

    /// <summary>The owner's setting; the next <see cref="Start"/> heeds it.</summary>
    public Wire.Frames.TranslationMode Translation { get; set; }

    /// <summary>Sockets beside those of the uplinks.</summary>
    public int FurtherSockets => _further.Count;

    public bool IsReady => _node is not null && Status is { IsRegistered: true, Relays: [{ IsUp: true }, ..] };

    /// <summary>The place where the preferred uplink is attached.</summary>
    public Site Site => Preferred.Site;

    /// <summary>Its address at that place.</summary>
    public Endpoint Local => Preferred.Local;

    private Socket Preferred => _uplinks.Values.First(s => s.Plug == _lastPlug);

    /// <summary>Moves of sessions that were written to the journal.</summary>
    public List<MoveRecord> Moves { get; } = [];

    /// <summary>Ticks after which the node wanted to be called again at once: a busy loop.</summary>
    public int SpinningTicks { get; private set; }

    /// <summary>Packets that went their ordinary way.</summary>
    public int OrdinaryPackets { get; private set; }

    public long DueMs => _node is null ? long.MaxValue : Math.Max(_node.DueMs, _tickedMs + 1);

    private long _tickedMs;

    /// <summary>Switches the router on. What the store keeps is loaded; sessions are not kept.</summary>
    public void Start()
    {
        _serial += 1000;
        var settings = new NodeSettings(
            Name, MemoryWorld.Zone, _identity, _certificate, [_world.Directions.Address], LanPrefix + 1, AddressPrefix.Virtual, _serial);
        _node = new Node(settings, _world.Clock.Time, _random.Split(), Post);
        Tell(new TranslationConfigured(Translation, 61440, 4096));
        Tell(new LeasesLoaded([.. _leases]));
        Tell(new GroupsChanged([.. _groups]));
        TellDevices();
        TellUplinks();
    }

    /// <summary>Pulls the plug: nobody is told.</summary>
    public void Kill()
    {
        _node = null;
        _mailbox.Clear();
    }

    public void SetGroups(params TestGroup[] groups)
    {
        _groups = [.. groups.Select((g, i) => g.Admit(Name, _identity))];
        Tell(new GroupsChanged([.. _groups]));
    }

    /// <summary>A device on the LAN of which nothing is shared, or everything with all groups.</summary>
    public Device AddDevice(string label, bool isShared = false) => AddDevice(label, isShared ? [new Share(null, SharedPorts.All)] : []);

    public Device AddDevice(string label, params Share[] shares)
    {
        var device = new Device(this, new LanDevice(label, LanPrefix + 100 + (uint)_devices.Count), _world.Clock) { Shares = shares };
        _devices.Add(device.Address, device);
        TellDevices();
        return device;
    }

    public void TellDevices() => Tell(new DevicesChanged([.. _devices.Values.Select(d => new SharedDevice(d.Facts, d.Shares) { Published = d.Published })]));

    public void Tick()
    {
        _tickedMs = _world.Clock.NowMs;
        Tell(RouterCore.Tick.Instance);
        SpinningTicks += _node?.DueMs <= _world.Clock.NowMs ? 1 : 0;
    }

    /// <summary>Gives the node an event and lets it handle all that waits.</summary>
    public void Tell(NodeEvent happened)
    {
        if (_node is null)
        {
            return;
        }

        _mailbox.Enqueue(happened);
        if (_stepping)
        {
            return; // told by the node itself, in the middle of a step: it comes after
        }

        _stepping = true;
        try
        {
            while (_node is not null && _mailbox.TryDequeue(out var next))
            {
                _node.Step(next, this);
            }
        }
        finally
        {
            _stepping = false;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Site.Nat.Preset})");

    private bool Post(NodeEvent happened)
    {
        _mailbox.Enqueue(happened);
        return true;
    }

    private void HandleMail()
    {
        if (!_stepping && _mailbox.TryDequeue(out var first))
        {
            Tell(first);
        }
    }
}
