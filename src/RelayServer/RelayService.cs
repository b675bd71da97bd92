using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security;
using NTMobile.Security.Channel;

namespace NTMobile.RelayServer;

/// <summary>The role RS: relay slots for nodes that a DS directed to one another. Bytes and time in, datagrams out; no socket.</summary>
/// <remarks>
/// Three kinds of datagrams arrive: HandshakeInit for the relay itself (no path id), Control of a node's or a DS's session, and what a leg's
/// node sends to its partner, which is forwarded as ciphertext with the path changed in place. Not for use by several threads at once; the counters
/// may be read by any.
/// </remarks>
public sealed partial class RelayService
{
    private readonly RelayOptions _options;
    private readonly IRelayOutput _output;
    private readonly TimeProvider _time;
    private readonly PassKeys _keys;
    private readonly PathTable _paths;
    private readonly Dictionary<string, RelayNode> _nodes = [];
    private readonly Dictionary<ulong, RelaySlotState> _slots = [];
    private long _now; // ms, read once per run

    /// <summary>Creates a relay with no slot.</summary>
    /// <param name="self">The relay's keys, and whom it trusts: nodes and DSs.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="output">Where datagrams go.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">Bounds of the sessions; the defaults if null.</param>
    /// <param name="egress">How nodes reach ordinary hosts through this relay, and by what; null: they do not.</param>
    /// <param name="publishing">How ordinary hosts reach devices of nodes; null: they do not. Of no use without <paramref name="egress"/>.</param>
    public RelayService(
        ServerIdentity self, RelayOptions options, IRelayOutput output, IRandom random, TimeProvider time, SessionLimits? limits = null,
        (EgressOptions Options, IInternet Internet)? egress = null, (PublishingOptions Options, IPublicPorts Ports)? publishing = null)
    {
        _options = options;
        _output = output;
        _time = time;
        _keys = new PassKeys(time, options);
        _paths = new PathTable(random);
        Sessions = new ServerSessions(self, new Owner(this), output, _paths, random, time, limits);
        Egress = egress is { } way ? new EgressService(way.Options, way.Internet, output, _paths, random, publishing) : null;
    }

    /// <summary>The sessions of nodes and DSs.</summary>
    public ServerSessions Sessions { get; }

    /// <summary>The way to ordinary hosts; null: not offered.</summary>
    public EgressService? Egress { get; }

    /// <summary>What was forwarded, by datagram type.</summary>
    public RelayCounters Forwarded { get; } = new();

    /// <summary>What was not, by reason.</summary>
    public DropCounters<RelayDrop> Drops { get; } = new();

    /// <summary>Slots at this time.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>Each slot's totals.</summary>
    public IEnumerable<SlotStatus> Slots() => _slots.Values.Select(slot => new SlotStatus(
        slot.Id.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        slot.Legs[0]?.Node.Name,
        slot.Legs[1]?.Node.Name,
        slot.Legs.Sum(leg => leg?.Packets ?? 0),
        slot.Legs.Sum(leg => leg?.Bytes ?? 0)));

    /// <summary>Forgets sessions and slots that are too old; call it about once a second.</summary>
    public void Tick()
    {
        Sessions.Tick();
        Egress?.Tick(_time.Milliseconds());
        long oldest = _time.Milliseconds() - (long)_options.SlotLife.TotalMilliseconds;
        foreach (RelaySlotState slot in _slots.Values.Where(slot => slot.LastHeard < oldest).ToList())
        {
            Remove(slot);
        }
    }
}
