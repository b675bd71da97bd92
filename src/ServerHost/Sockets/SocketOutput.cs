using System.Net.NetworkInformation;
using NTMobile.NetfilterBridge;
using NTMobile.Security.Channel;
using NTMobile.ServerHost.Streams;

namespace NTMobile.ServerHost.Sockets;

/// <summary>A role's output on its UDP socket, and to clients over TLS. What the socket does not take at once is dropped and counted, as a full router would do.</summary>
/// <remarks>On a socket bound to all addresses an answer leaves from the address that was asked, and what nobody asked for from the advertised one if this
/// machine has it: a NAT in front of a node lets nothing else in.</remarks>
internal sealed class SocketOutput : IDatagramOutput
{
    private readonly UdpSocket _socket;
    private readonly StreamClients? _streams;
    private readonly bool _anyAddress;
    private readonly Endpoint _usual; // source of what nobody asked for; none: the route's choice
    private Endpoint _asker;
    private Endpoint _askedAt;

    /// <summary>Sends over a socket.</summary>
    /// <param name="socket">The socket, borrowed.</param>
    /// <param name="advertised">Where nodes reach the role.</param>
    /// <param name="streams">Clients over TLS; null: the role has none.</param>
    public SocketOutput(UdpSocket socket, in Endpoint advertised, StreamClients? streams = null)
    {
        _socket = socket;
        _streams = streams;
        _anyAddress = socket.Local.Address == 0;
        _usual = _anyAddress && IsOurs(advertised) ? advertised : default;
    }

    /// <summary>Datagrams that the socket did not take.</summary>
    public DropCounters<SendDrop> Drops { get; } = new();

    /// <summary>Tells which run is being handled.</summary>
    public void Handling(in UdpRun run)
    {
        if (_anyAddress)
        {
            _asker = run.From;
            _askedAt = run.Local;
        }
    }

    /// <summary>From which address a datagram leaves; none: the route's choice.</summary>
    public Endpoint SourceTo(in Endpoint to) => !_anyAddress ? default : to == _asker ? _askedAt : _usual;

    /// <inheritdoc/>
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
    {
        if (to.IsTcp)
        {
            SendToStream(to, run, datagramSize);
            return;
        }

        Endpoint from = SourceTo(to);
        int longest = Math.Min(UdpSocket.MaximumSegments, UdpSocket.MaximumRun / datagramSize) * datagramSize;
        while (!run.IsEmpty)
        {
            ReadOnlySpan<byte> part = run[..Math.Min(longest, run.Length)];
            SendResult result = _socket.Send(to, part, datagramSize, ecn, from);
            if (result.Status != SendStatus.Sent)
            {
                Drops.Add(result.Reason(), (part.Length + datagramSize - 1) / datagramSize);
            }

            run = run[part.Length..];
        }
    }

    private void SendToStream(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize)
    {
        if (_streams?.TrySend(to, run, datagramSize) != true)
        {
            Drops.Add(SendDrop.SendBufferFull, (run.Length + datagramSize - 1) / datagramSize);
        }
    }

    private static bool IsOurs(Endpoint advertised)
    {
        var address = advertised.ToIPAddress();
        return NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.Equals(address));
    }
}
