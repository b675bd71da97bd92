using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab.Tests.Laboratory;

internal static class Reaching
{
    /// <summary>Whether a TCP connection comes about within a second.</summary>
    public static async Task<bool> ConnectsAsync(this Host host, IPEndPoint server)
    {
        using Socket socket = host.RunInside(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await socket.ConnectAsync(server, patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether an echo comes back within a second.</summary>
    public static async Task<bool> PingsAsync(this Host host, IPAddress server) =>
        (await host.ExecAsync("ping", "-c1", "-W1", $"{server}")).Succeeded;
}
