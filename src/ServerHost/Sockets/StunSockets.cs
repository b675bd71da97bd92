using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Stun;
using NTMobile.NetfilterBridge;
using NTMobile.Security.Channel;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The sockets at which the DS answers STUN. An answer may leave from another one than its request came to.</summary>
/// <param name="service">The DS.</param>
/// <param name="sockets">In the order of <see cref="DirectionOptions.StunPlaces"/>, borrowed.</param>
internal sealed class StunSockets(DirectionService service, UdpSocket[] sockets)
{
    private readonly byte[] _answer = new byte[StunAnswer.MaximumSize];

    /// <summary>Where they are bound.</summary>
    public IEnumerable<Endpoint> Locals => sockets.Select(socket => socket.Local);

    /// <summary>Answers that a socket did not take.</summary>
    public DropCounters<SendDrop> Drops { get; } = new();

    /// <summary>Takes one datagram of a run.</summary>
    public void Take(UdpSocket socket, in UdpRun run, ReadOnlySpan<byte> datagram)
    {
        StunAnswer answer = service.AnswerStun(datagram, Array.IndexOf(sockets, socket), run.From, _answer);
        if (answer.Length == 0)
        {
            return;
        }

        // A socket bound to all addresses has no second address beside it: the answer leaves by the same socket, from the address that was asked.
        Endpoint from = socket.Local.Address == 0 ? run.Local : default;
        SendResult result = sockets[answer.Place].Send(answer.To, _answer.AsSpan(0, answer.Length), answer.Length, from: from);
        if (result.Status != SendStatus.Sent)
        {
            Drops.Add(result.Reason());
        }
    }
}
