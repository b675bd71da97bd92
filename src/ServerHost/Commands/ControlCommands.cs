using System.Net.Sockets;
using System.Text.Json;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;

namespace NTMobile.ServerHost.Commands;

/// <summary>Commands that ask the running server through its control socket.</summary>
internal static class ControlCommands
{
    /// <summary>Prints a new enrolment token.</summary>
    /// <returns>Exit code.</returns>
    public static Task<int> TokenAsync(ServerConfig config, string name, string role, CancellationToken stop) =>
        AskAsync(config, async http =>
        {
            string full = name.Contains('.', StringComparison.Ordinal) ? name : $"{name}.{config.Zone}";
            var address = new Uri($"token?name={Uri.EscapeDataString(full)}&role={role}", UriKind.Relative);
            using HttpResponseMessage response = await http.PostAsync(address, null, stop).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                Console.WriteLine((await response.Content.ReadFromJsonAsync(ControlJson.Default.TokenReply, stop).ConfigureAwait(false))!.Token);
                return 0;
            }

            ErrorReply? error = await response.Content.ReadFromJsonAsync(ControlJson.Default.ErrorReply, stop).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"ntm-server: {error?.Error}").ConfigureAwait(false);
            return 1;
        });

    /// <summary>Prints the server's status.</summary>
    /// <returns>Exit code.</returns>
    public static Task<int> StatusAsync(ServerConfig config, bool json, CancellationToken stop) =>
        AskAsync(config, async http =>
        {
            ServerStatus status = (await http.GetFromJsonAsync("status", ControlJson.Default.ServerStatus, stop).ConfigureAwait(false))!;
            Console.WriteLine(json ? JsonSerializer.Serialize(status, ControlJson.Default.ServerStatus) : StatusText.Of(status));
            return 0;
        });

    private static async Task<int> AskAsync(ServerConfig config, Func<HttpClient, Task<int>> ask)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, stop) => ConnectAsync(config.ControlSocket, stop) };
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://localhost/") };
        try
        {
            return await ask(http).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            string reason = error.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied }
                ? "you may not use it; ask as root"
                : "the server does not run, or runs with another configuration";
            await Console.Error.WriteLineAsync($"ntm-server: nobody answers at {config.ControlSocket}: {reason}.").ConfigureAwait(false);
            return 1;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
