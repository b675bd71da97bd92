using NTMobile.Packets;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Peers.Punching;

/// <summary>What both sides of a punch behind hard NATs have in common: its name, the budget, and how a probe looks.</summary>
/// <remarks>
/// Behind a NAT with random ports the asker opens <see cref="Sockets"/> sockets towards the peer, who sends <see cref="Probes"/> probes to random ports of
/// the asker's address: one of them meets an open port with 1 − (1 − 256/64512)^1024 = 98 %. Where ports follow one another, <see cref="Foretold"/> are enough.
/// </remarks>
internal sealed class Punch
{
    /// <summary>Sockets of the asker at most.</summary>
    public const int Sockets = 256;

    /// <summary>Probes of the answerer at most.</summary>
    public const int Probes = 1024;

    /// <summary>Ports tried from the foretold one on.</summary>
    public const int Foretold = 64;

    private const int Shifts = 8;
    private readonly NodeContext _node;
    private readonly ulong _id;
    // Of a row of ports all may be open; a path that works is enough.
    private const int HitsFollowed = 3;
    private readonly byte[] _probe = new byte[HandshakeDatagram.HeaderSize];
    private int _hits;

    /// <param name="node">What all parts share.</param>
    /// <param name="id">The rendezvous id of the plan.</param>
    /// <param name="link">Told of the peer's probes that come in.</param>
    public Punch(NodeContext node, ulong id, PeerLink link)
    {
        _node = node;
        _id = id;
        HandshakeDatagram.Write(_probe, DatagramType.Punch, default, id, []);
        node.Punching.Expect(id, (uplink, from) =>
        {
            if (++_hits <= HitsFollowed)
            {
                link.OnPunched(uplink, from);
            }
        });
    }

    /// <summary>Sends one probe.</summary>
    public void Send(Uplink socket, in Endpoint to) => _node.Act.Send(socket.Number, to, _probe);

    /// <summary>The ports that an endpoint-dependent NAT with sequential ports gives from this one on.</summary>
    public static IEnumerable<ushort> Row(ushort first) => Row(first, 1);

    /// <summary>
    /// The same for the answerer whose own ports follow one another too. Its probe n leaves from its port n and has to meet the asker's probe that went there.
    /// Where other connections took s ports since both rows were foretold, that one left from the asker's port n + s: the eighth part of the probes
    /// goes there for each s below eight.
    /// </summary>
    public static IEnumerable<ushort> ShiftedRow(ushort first) => Row(first, Shifts);

    private static IEnumerable<ushort> Row(ushort first, int shifts) =>
        Enumerable.Range(0, Foretold).Select(n => first + n + (n % shifts)).Where(port => port <= ushort.MaxValue).Select(port => (ushort)port);

    public void Close() => _node.Punching.Forget(_id);
}
