using NTMobile.RelayServer.Egress;
using NTMobile.Security.Channel;

namespace NTMobile.RelayServer;

/// <summary>A node that has, or had lately, a session here. Its legs outlive a session: the next one of the same name takes them over.</summary>
internal sealed class RelayNode(string name)
{
    private long _lastHeard;
    private ServerSession? _session;

    public string Name => name;

    /// <summary>The session that is up, or null.</summary>
    public ServerSession? Session
    {
        get => _session;
        set
        {
            _lastHeard = LastHeard;
            _session = value;
        }
    }

    /// <summary>Last authenticated sign, in ms.</summary>
    public long LastHeard => _session is null ? _lastHeard : Math.Max(_lastHeard, _session.LastHeard);

    public List<RelayLeg> Legs { get; } = [];

    /// <summary>What it reaches ordinary hosts by; null: it has not asked.</summary>
    public EgressNode? Egress { get; set; }
}
