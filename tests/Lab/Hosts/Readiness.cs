using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab;

/// <summary>By what a starting program is seen to be ready.</summary>
public sealed class Readiness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Func<Host, LabProcess, Task> _wait;

    private Readiness(Func<Host, LabProcess, Task> wait) => _wait = wait;

    /// <summary>At once.</summary>
    public static Readiness AtOnce { get; } = new((_, _) => Task.CompletedTask);

    /// <summary>It prints a line that the regular expression matches.</summary>
    public static Readiness Line(string pattern, TimeSpan? timeout = null) =>
        new((_, process) => process.WaitForLineAsync(pattern, timeout));

    /// <summary>A Unix stream socket takes connections at the path.</summary>
    public static Readiness UnixSocket(string path, TimeSpan? timeout = null) => new((_, process) => PollAsync(
        process, $"listen on {path}", timeout, () => Connects(AddressFamily.Unix, new UnixDomainSocketEndPoint(path))));

    /// <summary>A TCP port of the host takes connections, by default on its loopback address.</summary>
    public static Readiness TcpPort(int port, IPAddress? address = null, TimeSpan? timeout = null)
    {
        var endPoint = new IPEndPoint(address ?? IPAddress.Loopback, port);
        return new((host, process) => PollAsync(
            process, $"listen on {endPoint}", timeout, () => host.RunInside(() => Connects(endPoint.AddressFamily, endPoint))));
    }

    /// <summary>A condition of the caller's own becomes true.</summary>
    public static Readiness When(string what, Func<Host, bool> condition, TimeSpan? timeout = null) =>
        new((host, process) => PollAsync(process, what, timeout, () => condition(host)));

    internal Task WaitAsync(Host host, LabProcess process) => _wait(host, process);

    private static async Task PollAsync(LabProcess process, string what, TimeSpan? timeout, Func<bool> ready)
    {
        var waited = Stopwatch.StartNew();
        while (!ready())
        {
            if (process.HasExited || waited.Elapsed > (timeout ?? TimeSpan.FromSeconds(10)))
            {
                string how = process.HasExited ? $"ended with {process.ExitCode} before it did" : "did not in time";
                throw new LabException($"{process.Label} should {what} and {how}:\n{string.Join('\n', process.Lines.TakeLast(30))}");
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private static bool Connects(AddressFamily family, EndPoint endPoint)
    {
        using var socket = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
