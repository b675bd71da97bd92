using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Punching;

/// <summary>The side behind an endpoint-dependent NAT: measures it, asks the peer, and opens its NAT at many ports or at those foretold.</summary>
internal sealed class PunchAsker
{
    private const int LongestMs = 4000;
    private const int GraceMs = 1000;
    private const int OverdueMs = 1000; // an answer takes a round trip by the relay
    private const int ForetoldMs = 1500; // from the reply on: the answerer's pause, and few probes
    private readonly NodeContext _node;
    private readonly PeerLink _link;
    private readonly Uplink _uplink;
    private readonly PortProbe _probe;
    private readonly ulong _id;
    private readonly Punch _punch;
    private long _endMs;
    private long _plannedMs;
    private IReadOnlyList<Uplink> _sockets = [];
    private PunchPlan? _plan;
    private Retry? _asking;

    public PunchAsker(NodeContext node, PeerLink link, Uplink uplink, in Endpoint stunServer)
    {
        _node = node;
        _link = link;
        _uplink = uplink;
        _id = node.RandomNumber();
        _punch = new Punch(node, _id, link);
        _probe = new PortProbe(node, uplink, in stunServer);
        _endMs = node.NowMs + LongestMs;
    }

    public bool IsOver { get; private set; }

    /// <summary>Whether the peer gave an answer.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Whether there was something to try; false after an answer: asking again has no sense before something changed.</summary>
    public bool HasTried { get; private set; }

    /// <summary>Whether our next port could be foretold, so that a try is short and has few probes.</summary>
    public bool IsForetold => _plan is { Forecast: PortForecast.Sequential };

    /// <summary>Whether the peer has been asked for longer than an answer takes, and gave none.</summary>
    public bool IsOverdue(long nowMs) => !IsAnswered && _plan is not null && nowMs - _plannedMs >= OverdueMs;

    /// <summary>Ends without an answer.</summary>
    public void GiveUp() => IsOver = true;

    /// <summary>The sockets that were opened towards the peer.</summary>
    public IReadOnlyList<Uplink> Sockets => _sockets;

    public void Tick(long now)
    {
        _probe.Tick();
        if (_plan is null && _probe.IsOver(now))
        {
            Plan();
        }

        if (_plan is { } plan && _asking?.IsDue(now) == true)
        {
            _link.Say(in plan);
        }

        // A peer that has no UDP, or does not know its NAT yet, says nothing. Others wait for their turn to ask.
        IsOver |= now >= _endMs || _asking?.IsOver(now) == true;
    }

    /// <summary>The peer tells from where it will punch.</summary>
    public void OnReply(in PunchReply reply)
    {
        if (IsOver || IsAnswered || reply.RendezvousId != _id || _plan is not { } plan)
        {
            return;
        }

        IsAnswered = true;
        HasTried = true;
        _asking = null;
        _endMs = IsForetold ? Math.Min(_endMs, _node.NowMs + ForetoldMs + (2 * Math.Max(0, _link.ActivePath?.RoundTripMs ?? 0))) : _endMs;
        switch (reply.Forecast, plan.Forecast)
        {
            case (PortForecast.Fixed, _):
                var at = reply.At;
                _sockets = _node.Punching.Open(_node.Act, _uplink, plan.Forecast == PortForecast.Sequential ? Punch.Foretold : Punch.Sockets);
                foreach (var socket in _sockets)
                {
                    _punch.Send(socket, in at);
                }

                break;
            case (PortForecast.Sequential, PortForecast.Sequential):
                foreach (var port in Punch.Row(reply.At.Port))
                {
                    _punch.Send(_uplink, reply.At.WithPort(port));
                }

                break;
            default:
                HasTried = false;
                IsOver = true; // random ports at both ends: the relay's work
                break;
        }
    }

    /// <summary>A direct path is there. The peer may have chosen another of the sockets, whose answer is still on its way: they stay for a moment.</summary>
    public void OnDirect() => _endMs = Math.Min(_endMs, _node.NowMs + GraceMs);

    /// <summary>Ends the plan; the sockets are the caller's.</summary>
    public void Close()
    {
        _probe.Close();
        _punch.Close();
    }

    private void Plan()
    {
        var (forecast, at) = _probe.Result;
        _probe.Close();
        IsOver = at.IsNone;
        _plan = new PunchPlan(_id, forecast, at);
        _plannedMs = _node.NowMs;
        _asking = new Retry(200, 800, 4);
    }
}
