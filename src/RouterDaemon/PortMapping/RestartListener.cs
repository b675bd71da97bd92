using System.Net;
using System.Net.Sockets;
using NTMobile.RouterDaemon.Netcheck;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>Hears what a gateway says to all when it has forgotten its ports (RFC 6887 §14.1.1, RFC 6886 §3.2.1).</summary>
internal static class RestartListener
{
    private const int Port = 5350; // at 224.0.0.1, which every interface listens to
    private const int LongestMessage = 1100;

    /// <summary>Listens until it is cancelled. Where the port is taken, nothing is heard.</summary>
    /// <param name="link">The gateway.</param>
    /// <param name="heard">Called with each epoch.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task ListenAsync(GatewayLink link, Action<uint> heard, CancellationToken cancel)
    {
        if (link.Device is not { } device)
        {
            return; // it would hear the gateways of all uplinks
        }

        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            UplinkProbe.Bind(socket, device);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            var buffer = new byte[LongestMessage];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancel).ConfigureAwait(false);
                if (received.RemoteEndPoint.Equals(link.Mapper) && TryReadEpoch(buffer.AsSpan(0, received.ReceivedBytes), out var epoch))
                {
                    heard(epoch);
                }
            }
        }
        catch (SocketException)
        {
            // renewals notice it too, only later
        }
    }

    private static bool TryReadEpoch(ReadOnlySpan<byte> datagram, out uint epoch)
    {
        if (PcpAnnounce.TryReadAnswer(datagram, out epoch))
        {
            return true;
        }

        var isNatPmp = NatPmpAddress.TryRead(datagram, out var address);
        epoch = address.Epoch;
        return isNatPmp;
    }
}
