using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NTMobile.RouterDaemon.Netcheck;

/// <summary>Asks something on one uplink, whatever the routing prefers.</summary>
internal static class UplinkProbe
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int BindToDevice = 25; // SO_BINDTODEVICE (socket(7))
    private const int LongestAnswer = 2048;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Binds a socket to an interface.</summary>
    /// <exception cref="SocketException">There is no such interface.</exception>
    public static void Bind(Socket socket, string device) => socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.UTF8.GetBytes(device));

    /// <summary>Sends a datagram, again after each third of a second, and returns the first answer that is accepted; null after a second.</summary>
    /// <param name="device">The uplink's interface; null: as the routing has it.</param>
    /// <param name="to">Where to.</param>
    /// <param name="question">The datagram.</param>
    /// <param name="accepts">Judges an answer and its source.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<byte[]?> AskAsync(
        string? device, IPEndPoint to, byte[] question, Func<byte[], IPAddress, bool> accepts, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (device is not null)
            {
                Bind(socket, device);
            }

            var any = new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            socket.Bind(any);
            var asking = RepeatAsync(socket, to, question, late.Token);
            var answer = await ReceiveAsync(socket, any, accepts, late.Token).ConfigureAwait(false);
            await late.CancelAsync().ConfigureAwait(false);
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Asks for a web page by HTTP and returns the beginning of what comes back; null when nobody answers.</summary>
    public static async Task<string?> GetAsync(string? device, IPEndPoint server, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(2 * Patience);
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (device is not null)
            {
                Bind(socket, device);
            }

            await socket.ConnectAsync(server, late.Token).ConfigureAwait(false);
            var request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {server.Address}\r\nConnection: close\r\n\r\n");
            await socket.SendAsync(request, late.Token).ConfigureAwait(false);
            var answer = new byte[LongestAnswer];
            var length = await socket.ReceiveAsync(answer, late.Token).ConfigureAwait(false);
            return length == 0 ? null : Encoding.Latin1.GetString(answer, 0, length);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task RepeatAsync(Socket socket, IPEndPoint to, byte[] question, CancellationToken late)
    {
        while (true)
        {
            await socket.SendToAsync(question, to, late).ConfigureAwait(false);
            await Task.Delay(Patience / 3, late).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, IPEndPoint any, Func<byte[], IPAddress, bool> accepts, CancellationToken late)
    {
        var buffer = new byte[LongestAnswer];
        while (true)
        {
            var received = await socket.ReceiveFromAsync(buffer, any, late).ConfigureAwait(false);
            var answer = buffer[..received.ReceivedBytes];
            if (accepts(answer, ((IPEndPoint)received.RemoteEndPoint).Address))
            {
                return answer;
            }
        }
    }
}
