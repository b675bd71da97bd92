using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab;

/// <summary>
/// Carries TCP connections between a namespace and the machine's loopback through a Unix socket in the file system, which
/// network namespaces share: outside TCP → Unix, inside Unix → TCP. One side's end is passed on to the other one.
/// </summary>
public sealed class Forwarder : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<Task<Socket>> _connect;
    private readonly string? _path;
    private readonly Task _accepting;

    private Forwarder(Socket listener, Func<Task<Socket>> connect, string? path)
    {
        _listener = listener;
        _connect = connect;
        _path = path;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint!;

    /// <summary>The inside half: connections to the Unix socket at <paramref name="path"/> go to a TCP port as seen by the host.</summary>
    public static Forwarder Publish(Host host, IPEndPoint target, string path) =>
        host.Keep(new Forwarder(ListenUnix(path), () => ConnectTcpAsync(host, target), path));

    /// <summary>The outside half: connections to <paramref name="listen"/> (port 0: any free one) go to the Unix socket at the path.</summary>
    public static Forwarder Open(IPEndPoint listen, string path)
    {
        var listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(listen);
        listener.Listen();
        return new(listener, () => ConnectUnixAsync(path), null);
    }

    /// <summary>Completes when the forwarder has been disposed.</summary>
    public Task Completion => _accepting;

    /// <summary>Takes no more connections; those that are open go on until their ends close.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }

    private static Socket ListenUnix(string path)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private static async Task<Socket> ConnectTcpAsync(Host host, IPEndPoint target)
    {
        Socket socket = host.RunInside(() => new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(target).ConfigureAwait(false);
        return socket;
    }

    private static async Task<Socket> ConnectUnixAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
        return socket;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptAsync().ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        try
        {
            using (near)
            using (Socket far = await _connect().ConfigureAwait(false))
            {
                Task[] pumps = [PumpAsync(near, far), PumpAsync(far, near)];
                Task first = await Task.WhenAny(pumps).ConfigureAwait(false);
                if (first.IsFaulted)
                {
                    near.Dispose();
                    far.Dispose();
                }

                await Task.WhenAll(pumps).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side is gone; both sockets are closed, which is what the other side needs to know.
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer).ConfigureAwait(false) is int read and > 0)
        {
            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent)).ConfigureAwait(false);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
