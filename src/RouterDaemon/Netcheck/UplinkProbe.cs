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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.0 / 3);

    /// <summary>Binds a socket to an interface.</summary>
    /// <exception cref="SocketException">There is no such interface.</exception>
    public static void Bind(Socket socket, string device) => socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.UTF8.GetBytes(device));

    /// <summary>Sends a datagram, again after each third of a second, and returns the first answer that is accepted; null when there is none in time,
    /// or the other end says that nobody is there.</summary>
    /// <param name="device">The uplink's interface; null: as the routing has it.</param>
    /// <param name="to">Where to; only from there answers are taken.</param>
    /// <param name="question">The datagram.</param>
    /// <param name="accepts">Judges an answer.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="patience">How long it is waited for; a second when left out.</param>
    public static Task<byte[]?> AskAsync(
        string? device, IPEndPoint to, byte[] question, Func<byte[], bool> accepts, CancellationToken cancel, TimeSpan? patience = null) =>
        AskAsync(device, to, [(to, question)], (answer, _) => accepts(answer), patience ?? Patience, cancel);

    /// <summary>The same with several datagrams at once, answered from wherever <paramref name="accepts"/> takes it, within a second.</summary>
    public static Task<byte[]?> AskAsync(
        string? device, IReadOnlyList<(IPEndPoint To, byte[] Datagram)> questions, Func<byte[], IPEndPoint, bool> accepts, CancellationToken cancel) =>
        AskAsync(device, null, questions, accepts, Patience, cancel);

    private static async Task<byte[]?> AskAsync(
        string? device,
        IPEndPoint? only,
        IReadOnlyList<(IPEndPoint To, byte[] Datagram)> questions,
        Func<byte[], IPEndPoint, bool> accepts,
        TimeSpan patience,
        CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(patience);
        try
        {
            using var socket = new Socket(questions[0].To.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (device is not null)
            {
                Bind(socket, device);
            }

            var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            socket.Bind(any);
            if (only is not null)
            {
                await socket.ConnectAsync(only, late.Token).ConfigureAwait(false); // others are not heard; a closed port is
            }

            var asking = RepeatAsync(socket, questions, late.Token);
            var receiving = ReceiveAsync(socket, any, accepts, late.Token);
            await (await Task.WhenAny(asking, receiving).ConfigureAwait(false)).ConfigureAwait(false); // asking ends by an exception only
            var answer = await receiving.ConfigureAwait(false);
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

    private static async Task RepeatAsync(Socket socket, IReadOnlyList<(IPEndPoint To, byte[] Datagram)> questions, CancellationToken late)
    {
        while (true)
        {
            foreach (var (to, datagram) in questions)
            {
                await socket.SendToAsync(datagram, to, late).ConfigureAwait(false);
            }

            await Task.Delay(Pause, late).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, IPEndPoint any, Func<byte[], IPEndPoint, bool> accepts, CancellationToken late)
    {
        var buffer = new byte[LongestAnswer];
        while (true)
        {
            var received = await socket.ReceiveFromAsync(buffer, any, late).ConfigureAwait(false);
            var answer = buffer[..received.ReceivedBytes];
            if (accepts(answer, (IPEndPoint)received.RemoteEndPoint))
            {
                return answer;
            }
        }
    }
}
