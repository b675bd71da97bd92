using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Punching;

/// <summary>The side that was asked: tells from where it will punch, and sends its probes when the asker has opened its NAT.</summary>
internal sealed class PunchAnswerer
{
    private const int LongestMs = 6000;
    private const int GraceMs = 1000; // from the first probe on
    private const int OpeningMs = 150; // in which the asker opens its sockets
    private const int ProbesPerTick = 32; // of 20 ms, with their headers half a megabit per second on the way
    private const int FirstRandomPort = 1024;
    private readonly NodeContext _node;
    private readonly PeerLink _link;
    private readonly Uplink _uplink;
    private readonly PunchPlan _plan;
    private readonly Punch _punch;
    private readonly PortProbe? _probe;
    private readonly Queue<ushort> _ports = [];
    private readonly long _endMs;
    private PunchReply? _reply;
    private long _beginMs = long.MinValue / 2; // without probes it is long over

    public PunchAnswerer(NodeContext node, PeerLink link, Uplink uplink, in PunchPlan plan, in Endpoint stunServer)
    {
        _node = node;
        _link = link;
        _uplink = uplink;
        _plan = plan;
        _punch = new Punch(node, plan.RendezvousId, link);
        _endMs = node.NowMs + LongestMs;
        if (node.Nat.Mapping == NatMapping.EndpointIndependent)
        {
            Reply(PortForecast.Fixed, node.Nat.Seen);
        }
        else if (plan.Forecast == PortForecast.Sequential)
        {
            _probe = new PortProbe(node, uplink, in stunServer);
        }
        else
        {
            Reply(PortForecast.None, plan.At);
        }
    }

    public ulong Id => _plan.RendezvousId;

    public bool IsOver => _node.NowMs >= _endMs;

    /// <summary>Whether a direct path may still come of it; an own question now would take ports that the peer foretold.</summary>
    public bool IsTrying(long nowMs) => _reply is null || _ports.Count > 0 || nowMs < _beginMs + GraceMs;

    /// <summary>The plan came again: our answer was lost.</summary>
    public void OnRepeated()
    {
        if (_reply is { } reply)
        {
            _link.Say(in reply);
        }
    }

    public void Tick(long now)
    {
        _probe?.Tick();
        if (_reply is null && _probe?.IsOver(now) == true)
        {
            var (forecast, at) = _probe.Result;
            _probe.Close();
            Reply(forecast, at.IsNone ? _plan.At : at);
        }

        if (_ports.Count == 0 || now < _beginMs)
        {
            return;
        }

        for (var i = 0; i < ProbesPerTick && _ports.TryDequeue(out var port); i++)
        {
            _punch.Send(_uplink, _plan.At.WithPort(port));
        }
    }

    public void Close()
    {
        _probe?.Close();
        _punch.Close();
    }

    private void Reply(PortForecast forecast, in Endpoint at)
    {
        var reply = new PunchReply(_plan.RendezvousId, forecast, at);
        _reply = reply;
        _link.Say(in reply);
        if (forecast != PortForecast.None)
        {
            _beginMs = _node.NowMs + OpeningMs + Math.Max(0, _link.ActivePath?.RoundTripMs ?? 0);
            ChoosePorts(forecast);
        }
    }

    private void ChoosePorts(PortForecast own)
    {
        if (_plan.Forecast == PortForecast.Sequential)
        {
            foreach (var port in own == PortForecast.Sequential ? Punch.ShiftedRow(_plan.At.Port) : Punch.Row(_plan.At.Port))
            {
                _ports.Enqueue(port);
            }

            return;
        }

        var chosen = new HashSet<ushort>();
        while (chosen.Count < Punch.Probes)
        {
            var port = (ushort)(FirstRandomPort + (_node.RandomNumber() % (ushort.MaxValue + 1 - FirstRandomPort)));
            if (chosen.Add(port))
            {
                _ports.Enqueue(port);
            }
        }
    }
}
