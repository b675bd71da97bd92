using NTMobile.Packets;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Stun;

namespace NTMobile.RouterCore.Peers.Punching;

/// <summary>Finds whether the next port of an endpoint-dependent NAT can be foretold: some new sockets ask the DS one after another where they are seen.</summary>
internal sealed class PortProbe
{
    private const int Samples = 4;
    private readonly NodeContext _node;
    private readonly Endpoint _server;
    private readonly IReadOnlyList<Uplink> _sockets;
    private readonly StunTransaction[] _questions;
    private readonly Endpoint[] _seen;
    private readonly Retry _retry = new(200, 400, 4);

    public PortProbe(NodeContext node, Uplink uplink, in Endpoint server)
    {
        _node = node;
        _server = server;
        _sockets = node.Punching.Open(node.Act, uplink, Samples);
        _seen = new Endpoint[_sockets.Count];
        _questions = [.. _sockets.Select((_, i) => node.Stun.Open(answer => _seen[i] = answer.Mapped))];
    }

    public bool IsOver(long nowMs) => _seen.All(s => !s.IsNone) || _retry.IsOver(nowMs);

    /// <summary>What the answers show, and the address with the port that comes next; an address of none: nobody answered.</summary>
    public (PortForecast Forecast, Endpoint At) Result
    {
        get
        {
            var ports = _seen.Where(s => !s.IsNone).Select(s => s.Port).ToArray();
            var isSequential = ports.Length == Samples && ports.Zip(ports.Skip(1)).All(pair => pair.Second == pair.First + 1);
            return isSequential
                ? (PortForecast.Sequential, _seen[^1].WithPort((ushort)(ports[^1] + 1)))
                : (PortForecast.None, _seen.FirstOrDefault(s => !s.IsNone));
        }
    }

    public void Tick()
    {
        if (!_retry.IsDue(_node.NowMs))
        {
            return;
        }

        Span<byte> datagram = stackalloc byte[StunRequest.MaximumSize];
        for (var i = 0; i < _sockets.Count; i++)
        {
            if (_seen[i].IsNone)
            {
                _node.Act.Send(_sockets[i].Number, _server, datagram[..new StunRequest(_questions[i]).Write(datagram)]);
            }
        }
    }

    public void Close()
    {
        foreach (var question in _questions)
        {
            _node.Stun.Close(question);
        }

        _node.Punching.Close(_node.Act, _sockets);
    }
}
