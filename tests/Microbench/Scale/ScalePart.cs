using System.Diagnostics;
using System.Runtime.CompilerServices;
using NTMobile.Microbench.Cpu;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Session;

namespace NTMobile.Microbench.Scale;

/// <summary>One node with many sessions: what it carries on one thread when the packets are spread over all, and what a session weighs.</summary>
internal static class ScalePart
{
    private const int Packets = 20_000;
    private const int Runs = 5;
    private const int Weighed = 500;

    /// <param name="counts">How many sessions, one row each.</param>
    public static void Run(int[] counts)
    {
        var alone = Weigh(0, out _, out _);
        foreach (var sessions in counts)
        {
            var clock = Stopwatch.StartNew();
            var bytes = (Weigh(sessions, out var gbps, out var tickUs) - alone) / sessions;
            Report.Say($"  {sessions,6} sessions: {gbps[Runs / 2]:F2} Gb/s both ways on one thread ({gbps[0]:F2}–{gbps[^1]:F2}), {bytes:F0} bytes each, one tick of the node {tickUs:F0} µs; {clock.Elapsed.TotalSeconds:F0} s to set up and measure");
            Report.Figure($"scale.sessions.n{sessions}.gbps", gbps);
            Report.Figure($"scale.sessions.n{sessions}.bytes_per_session", bytes);
            Report.Figure($"scale.sessions.n{sessions}.tick_us", tickUs);
        }

        Parts();
    }

    // Bytes that only the hub's node keeps alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Weigh(int sessions, out double[] gbps, out double tickUs)
    {
        var hub = Measure(sessions, out gbps, out tickUs);
        var with = Collected();
        GC.KeepAlive(hub);
        hub = null;
        return with - Collected();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Hub? Measure(int sessions, out double[] gbps, out double tickUs)
    {
        var world = new ManySessions(sessions);
        var traffic = new SpreadTraffic(world);
        gbps = sessions == 0 ? [] : [.. Enumerable.Range(0, Runs + 1).Select(_ => traffic.Gbps(Packets)).Skip(1).Order()];
        tickUs = Lap.Measure(1, 50, new Stage(static () => { }, () => world.Hub.Tell(Tick.Instance)))[0] / 1000;
        world.Hub.LeaveWorld();
        return world.Hub;
    }

    // The collector's heap and the slots of keys, which lie beside it. Twice: finalizers of keys run in between.
    private static long Collected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) + KeySlots.BytesInUse;
    }

    // The known parts of a session, each weighed alone.
    private static void Parts()
    {
        var random = new SeededRandom(3);
        var secure = WeighEach(() => RouterPair.Sessions(CipherSuites.Preferred, random)) / 2;
        var window = WeighEach(() => new ReplayWindow());
        var (one, _) = RouterPair.Sessions(CipherSuites.Preferred, random);
        var peer = new PeerSession("peer", true, one);
        var context = WeighEach(() => new FlowContext(peer, 4, new LanDevice("box", 1), 2, "camera", SharedPorts.All));
        Report.Say($"  of a session's bytes: keys, epochs and window {secure:F0} (the window alone {window:F0}), one context with its flows {context:F0}");
        Report.Figure("scale.bytes.secure_session", secure);
        Report.Figure("scale.bytes.replay_window", window);
        Report.Figure("scale.bytes.context", context);
    }

    private static double WeighEach(Func<object> make)
    {
        var kept = new object[Weighed];
        var before = Collected();
        for (var i = 0; i < Weighed; i++)
        {
            kept[i] = make();
        }

        var after = Collected();
        GC.KeepAlive(kept);
        return (after - before) / (double)Weighed;
    }
}
