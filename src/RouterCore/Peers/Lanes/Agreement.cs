using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>What two offers of one mode made possible: a translated path, its lanes, and the ports of both ends. Control loop only.</summary>
/// <param name="node">Clock and tables.</param>
/// <param name="path">What packet loops see.</param>
/// <param name="peer">The peer's address, port without meaning.</param>
/// <param name="ownBlock">The first of the ports that we granted.</param>
/// <param name="peerBlock">The first of the ports that the peer granted.</param>
internal sealed class Agreement(NodeContext node, TranslatedPath path, Endpoint peer, ushort ownBlock, ushort peerBlock)
{
    private const int PathPlace = 0;
    private readonly long[] _freeFromMs = new long[2 * TranslationOffer.Ports]; // long.MaxValue: taken
    private uint _nextFlow = 2;
    private int _lastPlace;

    public TranslatedPath Path { get; } = path;

    public ushort OwnBlock { get; } = ownBlock;

    public long BeganMs { get; } = node.NowMs;

    /// <summary>All lanes, the path's own two first.</summary>
    public List<LaneKeeper> Keepers { get; } = [];

    public LaneKeeper? ByFlow(uint flow) => Keepers.Find(k => k.Lane.Context is not null && k.Lane.Terms.Flow == flow);

    public LaneKeeper? Of(Lane lane) => Keepers.Find(k => k.Lane == lane);

    /// <summary>The flow's lane, whoever opened it.</summary>
    public LaneKeeper? Of(FlowContext context, byte protocol, ushort devicePort, ushort peerPort) => Keepers.Find(
        k => k.Lane.Context == context && k.Lane.Terms is var t && t.Protocol == protocol && t.DevicePort == devicePort && t.PeerPort == peerPort);

    /// <summary>The two lanes on which the path itself is proved, of both shapes.</summary>
    public void AddPathLanes()
    {
        foreach (var protocol in (byte[])[IpProtocol.Tcp, IpProtocol.Udp])
        {
            Add(null, new LaneTerms(0, protocol, (ushort)(OwnBlock + PathPlace), 0, 0), PathPlace);
        }
    }

    /// <summary>A lane for a flow of ours.</summary>
    /// <param name="context">The devices.</param>
    /// <param name="wanted">The flow.</param>
    /// <param name="isInitiator">Whether we began the session: then our places are even.</param>
    /// <returns>Null: all our places are taken.</returns>
    public LaneKeeper? TryOpen(FlowContext context, LaneWanted wanted, bool isInitiator)
    {
        var odd = isInitiator ? 0 : 1;
        for (var tries = 0; tries < TranslationOffer.Ports; tries++)
        {
            _lastPlace = (_lastPlace + 1) % TranslationOffer.Ports;
            if (_lastPlace != PathPlace && (_lastPlace & 1) == odd && IsFree(wanted.Protocol, _lastPlace))
            {
                var flow = _nextFlow + (uint)odd;
                _nextFlow += 2;
                var terms = new LaneTerms(flow, wanted.Protocol, (ushort)(OwnBlock + _lastPlace), wanted.DevicePort, wanted.PeerPort);
                return Add(context, terms, _lastPlace);
            }
        }

        return null;
    }

    /// <summary>A lane that the peer opens.</summary>
    /// <returns>Null: the place is taken.</returns>
    public LaneKeeper? TryAccept(FlowContext context, in LaneOpen open) => IsFree(open.Protocol, open.Place)
        ? Add(context, new LaneTerms(open.Flow, open.Protocol, (ushort)(OwnBlock + open.Place), open.ToPort, open.FromPort), open.Place)
        : null;

    /// <summary>A lane is over. Its port stays unused for a while, so that what is late meets nobody.</summary>
    public void Remove(LaneKeeper keeper, int restMs)
    {
        keeper.Lane.CanSend = false;
        LaneDesk.Unlink(keeper.Lane);
        node.Tables.RemoveLane(keeper.Lane);
        Keepers.Remove(keeper);
        _freeFromMs[Index(keeper.Lane.Terms.Protocol, keeper.Lane.Terms.LocalPort - OwnBlock)] = node.NowMs + restMs;
    }

    private LaneKeeper Add(FlowContext? context, in LaneTerms terms, int place)
    {
        var lane = new Lane(Path, context, in terms, Endpoint.FromIpv4(peer.Ipv4Address, (ushort)(peerBlock + place)));
        _freeFromMs[Index(terms.Protocol, place)] = long.MaxValue;
        node.Tables.SetLane(lane);
        var keeper = new LaneKeeper(lane, node.NowMs);
        Keepers.Add(keeper);
        return keeper;
    }

    private bool IsFree(byte protocol, int place) => _freeFromMs[Index(protocol, place)] <= node.NowMs;

    private static int Index(byte protocol, int place) => (protocol == IpProtocol.Tcp ? 0 : TranslationOffer.Ports) + place;
}
