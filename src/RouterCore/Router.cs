using NTMobile.RouterCore.Dns;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Security;

namespace NTMobile.RouterCore;

/// <summary>
/// The packet path. Any number of packet loops call <see cref="FromLan"/>, one receive thread calls <see cref="FromWire"/>, each with a
/// <see cref="LoopState"/> of its own. It opens no socket, reads no clock and allocates nothing for ordinary packets; what it cannot
/// decide goes to the <see cref="Node"/> as an event.
/// <code>
/// FromLan : parse → DNS for us? → virtual? → context → path → cut, seal → datagram sink
///           neither virtual nor direct → Router.Egress; from a published port → Router.Published; over IPv6 → Router.PublishedIpv6
/// FromWire: type → path id → check window, open, commit → context → admitted? → translate, join → LAN sink
/// </code>
/// </summary>
public sealed partial class Router
{
    private readonly RouterTables _tables;
    private readonly ZoneFilter _zones;
    private readonly uint _ownAddress;
    private readonly Func<NodeEvent, bool> _tell;
    private readonly AddressPrefix _lan;
    private readonly EgressFlows _internetFlows; // that devices began
    private readonly EgressFlows _publicFlows; // that ordinary hosts began
    private readonly EgressFlows _outsideFlows; // the same of IPv6 hosts, which stand in them by their numbers
    private readonly OutsideHosts _outsideHosts;

    internal Router(
        RouterTables tables, ZoneFilter zones, AddressPrefix virtualPrefix, uint ownAddress, Func<NodeEvent, bool> tell,
        AddressPrefix? lan = null, IRandom? random = null)
    {
        (_internetFlows, _publicFlows, _outsideFlows) = (new EgressFlows(random), new EgressFlows(random), new EgressFlows(random));
        _outsideHosts = new OutsideHosts(virtualPrefix.LastEighth, random);
        _lan = lan ?? new AddressPrefix(ownAddress & 0xFFFF_FF00, 24);
        _tables = tables;
        _zones = zones;
        _ownAddress = ownAddress;
        _tell = tell;
        VirtualPrefix = virtualPrefix;
    }

    /// <summary>Where virtual addresses come from.</summary>
    public AddressPrefix VirtualPrefix { get; }

    /// <summary>What was dropped, and why.</summary>
    public DropCounters Drops { get; } = new();

    private Outcome Dropped(DropReason reason)
    {
        Drops.Add(reason);
        return Outcome.Drop(reason);
    }

    private Outcome Tell(NodeEvent what)
    {
        if (!_tell(what))
        {
            Drops.Add(DropReason.ControlBusy);
        }

        return Outcome.Consumed;
    }
}
