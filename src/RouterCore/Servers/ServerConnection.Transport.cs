using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

// UDP, or the same datagrams over TLS on TCP (protocol: UDP blocked); IPv4 or IPv6. What we want is UDP by the version of the preferred uplink: the door.
// What leads to another way, and back:
// 1. the way in use does not answer for a while: every further Ping or HandshakeInit goes out all ways;
// 2. the first to answer wins. The server then challenges our new source as after any move, and the proof goes where the answer came from;
// 3. elsewhere the door is asked now and then, after growing pauses; its first answer takes the session back.
internal sealed partial class ServerConnection
{
    private const int ShortestTrialMs = 100;
    private const int UnknownTrialMs = 250;
    private const int FirstProbePauseMs = 1_000;
    private const int LongestProbePauseMs = 16_000;
    private const int ReliableMs = 60_000;
    private long _probeDoorMs = long.MaxValue;
    private long _probePauseMs = FirstProbePauseMs;
    private long _atDoorSinceMs;
    private bool _helloWasSent;

    /// <summary>Where datagrams go now: one of the server's UDP endpoints, or the same over TCP.</summary>
    public Endpoint Remote { get; private set; }

    private Endpoint Door => _node.Door(Server, in _other);

    private long DoorProbeDueMs => _link.IsUp ? _probeDoorMs : long.MaxValue;

    // How long UDP may be silent before TCP has its chance: so long that an answer must have come.
    private long TrialMs => RoundTripMs < 0 ? UnknownTrialMs : Math.Max(ShortestTrialMs, 2 * RoundTripMs);

    /// <summary>Whether an endpoint is the server's, over UDP or TCP.</summary>
    public bool IsAt(in Endpoint endpoint) => endpoint.OverUdp() == Server || (!_other.IsNone && endpoint.OverUdp() == _other);

    /// <summary>The server has this endpoint too.</summary>
    public void Learn(in Endpoint other)
    {
        if (_other != other)
        {
            _other = other;
            _probeDoorMs = Remote == Door ? long.MaxValue : _node.NowMs + FirstProbePauseMs;
        }
    }

    // Another network: nothing is known of it.
    private void ForgetTransport()
    {
        Remote = Door;
        _helloWasSent = false;
        _probeDoorMs = long.MaxValue;
        _probePauseMs = FirstProbePauseMs;
        (_looks, _lookMs) = (0, 0);
    }

    private void SendHello()
    {
        var door = Door;
        _node.TrySend(in door, _hello);
        if (_helloWasSent || Remote != door)
        {
            foreach (var way in Ways().Where(w => w != door))
            {
                _node.TrySend(in way, _hello);
            }
        }

        _helloWasSent = true;
    }

    // The best one first.
    private IEnumerable<Endpoint> Ways()
    {
        var door = Door;
        yield return door;
        if (!_other.IsNone)
        {
            yield return Besides(in door);
        }

        yield return door.OverTcp();
        if (!_other.IsNone)
        {
            yield return Besides(in door).OverTcp();
        }
    }

    private Endpoint Besides(in Endpoint door) => door == Server ? _other : Server;

    private int Rank(in Endpoint way) => (way.IsTcp ? 2 : 0) + (way.OverUdp() == Door ? 0 : 1);

    private void TryOthers(long now, long waited)
    {
        if (waited < TrialMs)
        {
            _nextPingMs = Math.Min(_nextPingMs, now + TrialMs - waited);
        }
        else
        {
            foreach (var way in Ways().Where(w => w != Remote && _node.UplinkFor(in w) is not null))
            {
                SendTo(in way, new FrameBuilder().Append(new Ping(NewPing(now))).Written);
            }
        }
    }

    private void ProbeDoor(long now)
    {
        if (_link.IsUp && now >= _probeDoorMs)
        {
            _probePauseMs = Math.Min(_probePauseMs * 2, LongestProbePauseMs);
            _probeDoorMs = now + _probePauseMs;
            SendTo(Door, new FrameBuilder().Append(new Ping(NewPing(now))).Written);
        }
    }

    // The server answers from where we asked it: something authentic over the other way than the one in use.
    private void Weigh(in Endpoint from)
    {
        if (from == Remote || (Rank(in from) > Rank(Remote) && (_waitingSinceMs < 0 || _node.NowMs - _waitingSinceMs < TrialMs)))
        {
            return; // the better way has answered in the meantime, or has still time to
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
        SeenBeside = default;
        _lookMs = now;
        if (remote == Door)
        {
            (_atDoorSinceMs, _probeDoorMs) = (now, long.MaxValue);
        }
        else
        {
            _probePauseMs = now - _atDoorSinceMs > ReliableMs ? FirstProbePauseMs : _probePauseMs;
            _probeDoorMs = now + _probePauseMs;
        }

        if (remote.IsTcp)
        {
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
