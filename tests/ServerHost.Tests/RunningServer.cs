using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using NTMobile.Wire.Identity;

namespace NTMobile.ServerHost.Tests;

/// <summary>The real process <c>ntm-server run</c>, ready.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Machine _machine;
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private RunningServer(Machine machine)
    {
        _machine = machine;
        _process = Command.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "ntm-server.dll"), "run", "--config", machine.ConfigFile]);
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public static async Task<RunningServer> StartAsync(Machine machine)
    {
        var server = new RunningServer(machine);
        using var late = new CancellationTokenSource(Patience);
        string? line = await server._process.StandardOutput.ReadLineAsync(late.Token);
        if (line == "ntm-server ready")
        {
            return server;
        }

        await server._process.WaitForExitAsync(late.Token);
        throw new InvalidOperationException($"ntm-server said '{line}' and ended with {server._process.ExitCode}: {server.Log}");
    }

    /// <summary>Asks by the control socket, as <c>ntm-server token</c> does.</summary>
    public async Task<EnrolmentToken> TokenAsync(string label, string role = "node")
    {
        using HttpClient control = Control();
        using HttpResponseMessage made = await control.PostAsync($"token?name={label}.{Machine.Zone}&role={role}", null);
        JsonElement reply = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement;
        Assert.True(EnrolmentToken.TryParse(reply.GetProperty("token").GetString(), out EnrolmentToken? token, out _));
        return token;
    }

    /// <summary>Asks by the control socket, as <c>ntm-server status</c> does.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        using HttpClient control = Control();
        return JsonDocument.Parse(await control.GetStringAsync("status")).RootElement;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        long began = Stopwatch.GetTimestamp();
        Assert.Equal(0, Signal(_process.Id, 15));
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    /// <summary>The control socket.</summary>
    public HttpClient Control() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_machine.ControlSocket), stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://localhost/"),
    };

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
