using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Peers.Punching;

/// <summary>What all sessions of a node have open to get through hard NATs: sockets beside those of the uplinks, and plans whose probes are waited for.</summary>
internal sealed class PunchDesk(RouterTables tables)
{
    private readonly Dictionary<int, Uplink> _sockets = [];
    private readonly Dictionary<ulong, Action<int, Endpoint>> _plans = [];
    private readonly List<PunchAnswerer> _answerers = [];
    private PunchAsker? _turn;

    /// <summary>
    /// Whether an asker may begin: one at a time measures and opens many sockets, and none in the middle of an answer, whose ports the peer foretold. One
    /// without an answer does not keep the next from it for long.
    /// </summary>
    public bool IsFree(long nowMs) => (_turn is null || _turn.IsOverdue(nowMs)) && !_answerers.Exists(a => a.IsTrying(nowMs));

    /// <summary>A peer's plan is being answered.</summary>
    public void Begin(PunchAnswerer answerer) => _answerers.Add(answerer);

    /// <summary>The answerer is done.</summary>
    public void End(PunchAnswerer answerer) => _answerers.Remove(answerer);

    /// <summary>An asker begins; who had no answer ends.</summary>
    public void Begin(PunchAsker asker)
    {
        _turn?.GiveUp();
        _turn = asker;
    }

    /// <summary>An asker is done.</summary>
    public void End(PunchAsker asker) => _turn = _turn == asker ? null : _turn;

    /// <summary>The further socket with this number; null: it is closed.</summary>
    public Uplink? Socket(int number) => _sockets.GetValueOrDefault(number);

    /// <summary>Opens further sockets beside an uplink's own; fewer when the system has no more.</summary>
    public IReadOnlyList<Uplink> Open(IActions act, Uplink uplink, int count)
    {
        var opened = act.OpenSockets(uplink, count);
        foreach (var socket in opened)
        {
            _sockets[socket.Number] = socket;
        }

        return opened;
    }

    public void Close(IActions act, IEnumerable<Uplink> sockets)
    {
        int[] numbers = [.. sockets.Select(s => s.Number).Where(_sockets.Remove)];
        if (numbers.Length > 0)
        {
            act.CloseSockets(numbers);
        }
    }

    /// <summary>Punch datagrams with this rendezvous id are told from now on.</summary>
    public void Expect(ulong id, Action<int, Endpoint> punched)
    {
        _plans[id] = punched;
        tables.ExpectsPunches = true;
    }

    public void Forget(ulong id)
    {
        _plans.Remove(id);
        tables.ExpectsPunches = _plans.Count > 0;
    }

    /// <summary>A Punch datagram came; one of no plan opened a filter and has done its work.</summary>
    public void OnPunch(ulong id, int uplink, in Endpoint from)
    {
        if (_plans.TryGetValue(id, out var punched))
        {
            punched(uplink, from);
        }
    }
}
