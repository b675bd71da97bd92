using NTMobile.Packets;

namespace NTMobile.Scenario.Tests.World;

/// <summary>A NAT or firewall in memory. Mappings live as long as something goes out through them (RFC 4787 REQ-6).</summary>
internal sealed class Nat(Preset preset, uint publicAddress, SeededRandom random)
{
    private readonly Dictionary<(Endpoint Inside, Endpoint Remote), Mapping> _outward = [];
    private readonly Dictionary<ushort, Mapping> _inward = [];
    private readonly Dictionary<ushort, Endpoint> _open = [];
    private readonly Dictionary<(Endpoint Inside, Endpoint Remote), Endpoint> _answers = []; // who came through an open port is answered from there

    public Preset Preset { get; } = preset;

    private ushort _lastPort = 20_000;

    /// <summary>How long an unused mapping and an unused hole in the filter live.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What came from outside and was not let in.</summary>
    public int Filtered { get; private set; }

    /// <summary>Opens a port on request, to everybody: what PCP and its like do. Returns where it is seen from outside.</summary>
    public Endpoint Open(Endpoint inside)
    {
        var outside = Endpoint.FromIpv4(publicAddress, FreePort(inside.Port));
        _open[outside.Port] = inside;
        return outside;
    }

    /// <summary>A datagram on its way out: the source that the world sees.</summary>
    public Endpoint Out(in Endpoint inside, in Endpoint remote, long nowMs)
    {
        if (_answers.TryGetValue((inside, remote), out var opened))
        {
            return opened;
        }

        var mapping = Find(in inside, in remote, nowMs);
        mapping.LastOutMs = nowMs;
        mapping.Remotes[remote] = nowMs;
        return mapping.Outside;
    }

    /// <summary>A datagram from outside: for whom it is inside, or none.</summary>
    public Endpoint In(in Endpoint outside, in Endpoint remote, long nowMs)
    {
        if (!Preset.Translates && Preset.Filter == Filter.Nothing)
        {
            return outside;
        }

        if (_open.TryGetValue(outside.Port, out var opened))
        {
            _answers[(opened, remote)] = outside;
            return opened;
        }

        var known = _inward.TryGetValue(outside.Port, out var mapping) && mapping.Outside == outside && IsAlive(mapping.LastOutMs, nowMs);
        if (known && mapping!.Remotes.TryGetValue(remote, out var lastMs) && IsAlive(lastMs, nowMs))
        {
            return mapping.Inside;
        }

        Filtered++;
        return default;
    }

    /// <summary>All state is lost.</summary>
    public void Reboot()
    {
        _outward.Clear();
        _inward.Clear();
        _open.Clear();
        _answers.Clear();
    }

    private Mapping Find(in Endpoint inside, in Endpoint remote, long nowMs)
    {
        var key = (inside, Preset.MapsPerRemote ? remote : default);
        if (_outward.TryGetValue(key, out var mapping) && IsAlive(mapping.LastOutMs, nowMs))
        {
            return mapping;
        }

        if (mapping is not null)
        {
            _inward.Remove(mapping.Outside.Port);
        }

        mapping = new Mapping(inside, Preset.Translates ? Endpoint.FromIpv4(publicAddress, FreePort(inside.Port)) : inside);
        _outward[key] = mapping;
        _inward[mapping.Outside.Port] = mapping;
        return mapping;
    }

    private ushort FreePort(ushort wanted)
    {
        var port = Preset.CountsPorts ? ++_lastPort : Preset.MapsPerRemote ? (ushort)0 : wanted;
        while (port == 0 || _inward.ContainsKey(port) || _open.ContainsKey(port))
        {
            port = (ushort)(1024 + random.Below(64000));
        }

        return port;
    }

    private bool IsAlive(long sinceMs, long nowMs) => nowMs - sinceMs <= (long)Life.TotalMilliseconds;

    private sealed class Mapping(Endpoint inside, Endpoint outside)
    {
        public Endpoint Inside { get; } = inside;

        public Endpoint Outside { get; } = outside;

        public long LastOutMs { get; set; }

        public Dictionary<Endpoint, long> Remotes { get; } = [];
    }
}
