using NTMobile.NetfilterBridge;
using NTMobile.Security.Channel;

namespace NTMobile.ServerHost.Sockets;

/// <summary>A role's output on its UDP socket. What the socket does not take at once is dropped and counted, as a full router would do.</summary>
internal sealed class SocketOutput(UdpSocket socket) : IDatagramOutput
{
    private readonly bool _anyAddress = socket.Local.Address == 0;
    private Endpoint _asker;
    private Endpoint _askedAt;

    /// <summary>Datagrams that the socket did not take.</summary>
    public long Dropped { get; private set; }

    /// <summary>Tells which run is being handled: on a socket bound to all addresses the answer leaves from the address that was asked, for NATs'
    /// sake.</summary>
    public void Handling(in UdpRun run)
    {
        if (_anyAddress)
        {
            _asker = run.From;
            _askedAt = run.Local;
        }
    }

    /// <inheritdoc/>
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
    {
        Endpoint from = _anyAddress && to == _asker ? _askedAt : default;
        int longest = Math.Min(UdpSocket.MaximumSegments, UdpSocket.MaximumRun / datagramSize) * datagramSize;
        while (!run.IsEmpty)
        {
            ReadOnlySpan<byte> part = run[..Math.Min(longest, run.Length)];
            if (socket.Send(to, part, datagramSize, ecn, from).Status != SendStatus.Sent)
            {
                Dropped += (part.Length + datagramSize - 1) / datagramSize;
            }

            run = run[part.Length..];
        }
    }
}
