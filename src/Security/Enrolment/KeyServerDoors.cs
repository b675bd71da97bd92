using System.Net;
using System.Net.Sockets;

namespace NTMobile.Security.Enrolment;

/// <summary>
/// Opens connections to a KMS: at its own port, and where that does not answer within a second also at 443, the only one that some networks let
/// through. The server may listen there too; who it is, its key tells.
/// </summary>
/// <param name="reach">Tells at which host one is reached in the network that we are in; null: as it is named.</param>
public sealed class KeyServerDoors(Func<string, CancellationToken, ValueTask<string>>? reach = null)
{
    private const int WebPort = 443;
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(1);
    private volatile int _open; // the port that was open last; 0: none yet

    /// <summary>Connects; the caller owns the stream.</summary>
    /// <exception cref="SocketException">Neither port answers.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancel)
    {
        var host = reach is null ? server.Host : await reach(server.Host, cancel).ConfigureAwait(false);
        var first = _open == 0 ? server.Port : _open;
        var other = first == WebPort ? server.Port : WebPort;
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var attempts = new List<Task<Stream>> { ConnectAsync(host, first, race.Token) };
        try
        {
            await Task.WhenAny(attempts[0], Task.Delay(HeadStart, race.Token)).ConfigureAwait(false);
            if (!attempts[0].IsCompletedSuccessfully && other != first)
            {
                attempts.Add(ConnectAsync(host, other, race.Token));
            }

            return await WinnerAsync(attempts).ConfigureAwait(false);
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
        }
    }

    // The first that succeeds; when none does, why the first one failed.
    private static async Task<Stream> WinnerAsync(List<Task<Stream>> attempts)
    {
        var open = new List<Task<Stream>>(attempts);
        while (open.Count > 0)
        {
            var ended = await Task.WhenAny(open).ConfigureAwait(false);
            open.Remove(ended);
            if (ended.IsCompletedSuccessfully)
            {
                open.ForEach(late => _ = late.ContinueWith(
                    static t => t.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default));
                return await ended.ConfigureAwait(false);
            }
        }

        return await attempts[0].ConfigureAwait(false);
    }

    private async Task<Stream> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancel).ConfigureAwait(false);
            _open = port;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
