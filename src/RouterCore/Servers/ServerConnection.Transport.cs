using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

// UDP, or the same datagrams over TLS on TCP (protocol: UDP blocked). UDP is what we want. What leads to the other, and back:
// 1. UDP does not answer for a while: every further Ping or HandshakeInit goes out both ways;
// 2. the first to answer wins. The server then challenges our new source as after any move, and the proof goes where the answer came from;
// 3. on TCP UDP is asked now and then, after growing pauses; its first answer takes the session back.
internal sealed partial class ServerConnection
{
    private const int ShortestTrialMs = 100;
    private const int UnknownTrialMs = 250;
    private const int FirstProbePauseMs = 1_000;
    private const int LongestProbePauseMs = 16_000;
    private const int ReliableMs = 60_000;
    private long _probeUdpMs = long.MaxValue;
    private long _probePauseMs = FirstProbePauseMs;
    private long _onUdpSinceMs;
    private bool _helloWasSent;

    /// <summary>Where datagrams go now: the server's UDP endpoint, or the same over TCP.</summary>
    public Endpoint Remote { get; private set; }

    private long UdpProbeDueMs => _link.IsUp ? _probeUdpMs : long.MaxValue;

    // How long UDP may be silent before TCP has its chance: so long that an answer must have come.
    private long TrialMs => RoundTripMs < 0 ? UnknownTrialMs : Math.Max(ShortestTrialMs, 2 * RoundTripMs);

    /// <summary>Whether an endpoint is the server's, over UDP or TCP.</summary>
    public bool IsAt(in Endpoint endpoint) => endpoint == Server || endpoint == Server.OverTcp();

    // Another network: nothing is known of it.
    private void ForgetTransport()
    {
        Remote = Server;
        _helloWasSent = false;
        _probeUdpMs = long.MaxValue;
        _probePauseMs = FirstProbePauseMs;
    }

    private void SendHello()
    {
        _node.TrySend(Server, _hello);
        if (_helloWasSent || Remote.IsTcp)
        {
            _node.TrySend(Server.OverTcp(), _hello);
        }

        _helloWasSent = true;
    }

    private void TryOther(long now, long waited)
    {
        if (waited < TrialMs)
        {
            _nextPingMs = Math.Min(_nextPingMs, now + TrialMs - waited);
        }
        else
        {
            SendTo(Remote.IsTcp ? Server : Server.OverTcp(), new FrameBuilder().Append(new Ping(NewPing(now))).Written);
        }
    }

    private void ProbeUdp(long now)
    {
        if (_link.IsUp && now >= _probeUdpMs)
        {
            _probePauseMs = Math.Min(_probePauseMs * 2, LongestProbePauseMs);
            _probeUdpMs = now + _probePauseMs;
            SendTo(Server, new FrameBuilder().Append(new Ping(NewPing(now))).Written);
        }
    }

    // The server answers from where we asked it: something authentic over the other way than the one in use.
    private void Weigh(in Endpoint from)
    {
        if (from == Remote || (from.IsTcp && _waitingSinceMs < 0))
        {
            return; // UDP has answered in the meantime
        }

        Use(in from);
        _waitingSinceMs = _node.NowMs;
        _nextPingMs = _node.NowMs + QuickPingMs; // unless the challenge that came along is answered before
        _mustProve = true;
    }

    private void Use(in Endpoint remote)
    {
        if (remote == Remote)
        {
            return;
        }

        var now = _node.NowMs;
        Remote = remote;
        if (!remote.IsTcp)
        {
            (_onUdpSinceMs, _probeUdpMs) = (now, long.MaxValue);
        }
        else
        {
            _probePauseMs = now - _onUdpSinceMs > ReliableMs ? FirstProbePauseMs : _probePauseMs;
            _probeUdpMs = now + _probePauseMs;
            See(default);
        }
    }

    private void SendTo(in Endpoint remote, ReadOnlySpan<byte> frames)
    {
        if (!_link.IsUp)
        {
            return;
        }

        foreach (var datagram in _link.Seal(frames))
        {
            _node.TrySend(in remote, datagram);
        }
    }
}
