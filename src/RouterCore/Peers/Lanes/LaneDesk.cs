using NTMobile.RouterCore.Sessions;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>What the owner lets the node translate, and which ports have been granted to whom. Control loop only.</summary>
internal sealed class LaneDesk(RouterTables tables)
{
    // What is still under way when an agreement ends arrives.
    private const int ReceiveOnMs = 5_000;

    // By then no packet loop can be inside a call that uses the keys.
    private const int KeepKeysMs = 15_000;
    private readonly Queue<ushort> _free = [];
    private readonly List<Ending> _endings = [];

    /// <summary>What the owner wants.</summary>
    public TranslationMode Mode { get; private set; }

    public RouterTables Tables { get; } = tables;

    /// <summary>The setting. It comes once, before there are sessions.</summary>
    public void Configure(TranslationConfigured setting)
    {
        Mode = setting.Mode;
        _free.Clear();
        for (var first = setting.FirstPort; first + TranslationOffer.Ports <= setting.FirstPort + setting.Ports; first += TranslationOffer.Ports)
        {
            _free.Enqueue((ushort)first);
        }
    }

    /// <summary>A block of ports for one agreement; null: all are granted, and the session keeps to the tunnel.</summary>
    public ushort? TakeBlock() => _free.TryDequeue(out var first) ? first : null;

    /// <summary>A block that no agreement was made on.</summary>
    public void GiveBack(ushort first) => _free.Enqueue(first);

    /// <summary>An agreement is over: nothing goes out any more, but what is under way still comes in.</summary>
    public void End(Agreement agreement, long nowMs)
    {
        foreach (var keeper in agreement.Keepers)
        {
            keeper.Lane.CanSend = false;
            Unlink(keeper.Lane);
        }

        _endings.Add(new Ending(agreement, nowMs));
    }

    /// <summary>A flow has no lane any more; what comes in on it is still taken.</summary>
    public static void Unlink(Lane lane)
    {
        if (lane.Context is { } context && context.Lane(lane.Terms.Protocol, lane.Terms.DevicePort, lane.Terms.PeerPort) == lane)
        {
            context.SetLane(lane.Terms, null);
        }
    }

    public void Tick(long nowMs)
    {
        for (var i = _endings.Count - 1; i >= 0; i--)
        {
            var ending = _endings[i];
            if (!ending.IsDeaf && nowMs - ending.AtMs >= ReceiveOnMs)
            {
                ending.IsDeaf = true;
                ending.Agreement.Keepers.ForEach(k => Tables.RemoveLane(k.Lane));
            }

            if (nowMs - ending.AtMs >= KeepKeysMs)
            {
                _endings.RemoveAt(i);
                ending.Agreement.Path.Keys.Dispose();
                GiveBack(ending.Agreement.OwnBlock);
            }
        }
    }

    private sealed class Ending(Agreement agreement, long atMs)
    {
        public Agreement Agreement { get; } = agreement;

        public long AtMs { get; } = atMs;

        public bool IsDeaf { get; set; }
    }
}
