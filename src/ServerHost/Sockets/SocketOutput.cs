using System.Net.NetworkInformation;
using NTMobile.NetfilterBridge;
using NTMobile.Security.Channel;
using NTMobile.ServerHost.Streams;

namespace NTMobile.ServerHost.Sockets;

/// <summary>A role's output on its UDP sockets, one for each IP version, and to clients over TLS. What the socket does not take at once is dropped and counted, as a full router would do.</summary>
/// <remarks>On a socket bound to all addresses an answer leaves from the address that was asked, and what nobody asked for from the advertised one if this
/// machine has it: a NAT in front of a node lets nothing else in.</remarks>
internal sealed class SocketOutput : IDatagramOutput
{
    private readonly Way[] _ways;
    private readonly StreamClients? _streams;
    private Endpoint _asker;
    private Endpoint _askedAt;

    /// <summary>Sends over sockets.</summary>
    /// <param name="sockets">The sockets, borrowed; no two of one IP version.</param>
    /// <param name="advertised">Where nodes reach the role, for each socket.</param>
    /// <param name="streams">Clients over TLS; null: the role has none.</param>
    public SocketOutput(ReadOnlySpan<UdpSocket> sockets, ReadOnlySpan<Endpoint> advertised, StreamClients? streams = null)
    {
        _ways = new Way[sockets.Length];
        for (int i = 0; i < sockets.Length; i++)
        {
            bool anyAddress = sockets[i].Local.Address == 0;
            _ways[i] = new Way(sockets[i], anyAddress, anyAddress && IsOurs(advertised[i]) ? advertised[i] : default);
        }

        _streams = streams;
    }

    /// <summary>Datagrams that the socket did not take.</summary>
    public DropCounters<SendDrop> Drops { get; } = new();

    /// <summary>Tells which run is being handled.</summary>
    public void Handling(in UdpRun run)
    {
        if (WayTo(run.From).AnyAddress)
        {
            _asker = run.From;
            _askedAt = run.Local;
        }
    }

    /// <summary>From which address a datagram leaves; none: the route's choice.</summary>
    public Endpoint SourceTo(in Endpoint to) => WayTo(to) switch
    {
        { AnyAddress: false } => default,
        _ when to == _asker => _askedAt,
        var way => way.Usual,
    };

    /// <summary>The socket by which datagrams go there.</summary>
    public UdpSocket SocketTo(in Endpoint to) => WayTo(to).Socket;

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
            SendResult result = SocketTo(to).Send(to, part, datagramSize, ecn, from);
            if (result.Status != SendStatus.Sent)
            {
                Drops.Add(result.Reason(), (part.Length + datagramSize - 1) / datagramSize);
            }

            run = run[part.Length..];
        }
    }

    // What is of no version of ours goes to the first, which refuses it.
    private ref readonly Way WayTo(in Endpoint to) => ref _ways[_ways.Length > 1 && _ways[0].Socket.IsIpv4 != to.IsIpv4 ? 1 : 0];

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

    /// <summary>A socket.</summary>
    /// <param name="Socket">The socket.</param>
    /// <param name="AnyAddress">Whether it is bound to all addresses.</param>
    /// <param name="Usual">Source of what nobody asked for; none: the route's choice.</param>
    private readonly record struct Way(UdpSocket Socket, bool AnyAddress, Endpoint Usual);
}
