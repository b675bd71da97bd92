using NTMobile.Scenario.Tests.Parties;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.World;

/// <summary>
/// A whole NTMobile world in memory under fake time: a provider with a DS and an RS, one group, places behind NATs, routers with LAN devices.
/// The same seed gives the same run, datagram by datagram.
/// </summary>
internal sealed class MemoryWorld
{
    public const string Zone = "ntm.test";
    private readonly List<IParty> _parties = [];
    private readonly SeededRandom _random;

    /// <param name="seed">Of all that is random in it.</param>
    /// <param name="serversHaveIpv6">Whether DS and RS are reached by IPv6 too.</param>
    public MemoryWorld(ulong seed = 1, bool serversHaveIpv6 = false)
    {
        ServersHaveIpv6 = serversHaveIpv6;
        _random = new SeededRandom(seed);
        Network = new MemoryNetwork(Clock, _random.Split());
        Provider = new Provider(_random.Split(), Clock.Time);
        Group = NewGroup("family");
        Relay = new MemoryRelay(this, _random.Split());
        Directions = new MemoryDirections(this, _random.Split());
        _parties.AddRange([Relay, Directions]);
    }

    public Clock Clock { get; } = new();

    public bool ServersHaveIpv6 { get; }

    public MemoryNetwork Network { get; }

    public Provider Provider { get; }

    /// <summary>The group that routers are in unless a test says otherwise.</summary>
    public TestGroup Group { get; }

    public MemoryDirections Directions { get; }

    public MemoryRelay Relay { get; }

    public TestGroup NewGroup(string name) => new(name, _random.Split(), Clock.Time);

    /// <summary>A router in a place of its own.</summary>
    public MemoryRouter AddRouter(string label, Preset preset, params TestGroup[] groups) => AddRouter(label, Network.NewSite(preset), groups);

    public MemoryRouter AddRouter(string label, Site site, params TestGroup[] groups) => AddRouter(label, site, TranslationMode.Tunnel, groups);

    public MemoryRouter AddRouter(string label, Site site, TranslationMode translation, params TestGroup[] groups)
    {
        var router = new MemoryRouter(this, $"{label}.{Zone}", groups.Length == 0 ? [Group] : groups, _random.Split()) { Translation = translation };
        _parties.Add(router);
        router.Start();
        router.MoveTo(site);
        return router;
    }

    /// <summary>Somebody else takes part from now on.</summary>
    public void Add(IParty party) => _parties.Add(party);

    /// <summary>A party is not called any more when time passes; it still hears what is sent to it.</summary>
    public void Still(IParty party) => _parties.Remove(party);

    /// <summary>Lets time pass.</summary>
    public void Run(double seconds) => RunUntil(static () => false, seconds);

    /// <summary>Lets time pass until something is so.</summary>
    /// <returns>Whether it came to be so within the limit.</returns>
    public bool RunUntil(Func<bool> done, double limitSeconds)
    {
        var end = Clock.NowTicks + (long)(limitSeconds * TimeSpan.TicksPerSecond);
        while (!done())
        {
            var next = NextTicks();
            if (next > end)
            {
                Clock.AdvanceTo(end);
                return done();
            }

            Clock.AdvanceTo(next);
            Step();
        }

        return true;
    }

    /// <summary>Lets time pass in steps, for worlds with so many parties that asking all of them before each event takes too long.</summary>
    public void RunInSteps(double seconds, TimeSpan step)
    {
        for (var end = Clock.NowTicks + (long)(seconds * TimeSpan.TicksPerSecond); Clock.NowTicks < end;)
        {
            Clock.AdvanceTo(Clock.NowTicks + step.Ticks);
            while (Clock.TryDoNext())
            {
                // all that has happened until now
            }

            TickWhoIsDue();
        }
    }

    private long NextTicks()
    {
        var next = Clock.NextTicks;
        foreach (var party in _parties)
        {
            var due = party.DueMs;
            next = due < long.MaxValue / TimeSpan.TicksPerMillisecond ? Math.Min(next, due * TimeSpan.TicksPerMillisecond) : next;
        }

        return next;
    }

    private void Step()
    {
        if (Clock.TryDoNext())
        {
            return;
        }

        TickWhoIsDue();
    }

    private void TickWhoIsDue()
    {
        foreach (var party in _parties)
        {
            if (party.DueMs <= Clock.NowMs)
            {
                party.Tick();
            }
        }
    }
}
