using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.ServerHost.Configuration;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Sockets;

/// <summary>Opens the listening sockets. What the kernel refuses is told with the configuration's key.</summary>
internal static class Listening
{
    // The kernel doubles the figures, since it counts its own records: a single datagram of 1,400 bytes as 2,304 or more.
    private const int ControlBuffer = 1 << 20; // ≥ 900 single datagrams, or two seconds of the handshakes that are let through
    private const int DataReceiveBuffer = 4 << 20; // 8 MiB are 7 ms at 10 Gb/s: longer than the thread is kept from the processor, too short to add much delay
    private const int DataSendBuffer = 2 << 20;

    /// <summary>Sockets among which what a relay forwards is parted by path id: one busy path fills one buffer.</summary>
    private const int DataSockets = 8;

    /// <summary>What is parted.</summary>
    private static ReadOnlySpan<byte> DataTypes => [(byte)DatagramType.Data, (byte)DatagramType.DataFull, (byte)DatagramType.Fragment, (byte)DatagramType.Egress];

    /// <summary>Opens a UDP socket for messages to the server itself.</summary>
    /// <param name="key">The configuration's key.</param>
    /// <param name="where">Its value.</param>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public static UdpSocket Udp(string key, string where) => Guarded(key, where, static options => new UdpSocket(options));

    /// <summary>Opens what there is to open by IPv4 (or by one version alone), and by IPv6.</summary>
    /// <param name="key">The configuration's key of the first; that of the second ends in 6.</param>
    /// <param name="where">Its value.</param>
    /// <param name="where6">The value of the second; null: there is none.</param>
    /// <param name="open">Opens one.</param>
    public static T[] Both<T>(string key, string where, string? where6, Func<string, string, T> open) =>
        where6 is null ? [open(key, where)] : [open(key, where), open($"{key}6", where6)];

    /// <summary>Opens the sockets at which STUN is answered beside the DS's own.</summary>
    /// <returns>In the order of <see cref="DirectionServer.DirectionOptions.StunPlaces"/>, without the first.</returns>
    /// <exception cref="StartException">One cannot be opened.</exception>
    public static UdpSocket[] Stun(DsConfig ds)
    {
        Endpoint first = Endpoint.Parse(ds.Listen);
        if (ds.StunPort == 0)
        {
            return [];
        }

        UdpSocket stun = Udp("ds.stunPort", first.WithPort((ushort)ds.StunPort).ToString());
        if (ds.SecondAddress is null)
        {
            return [stun];
        }

        var address = IPAddress.Parse(ds.SecondAddress);
        return [stun, .. new[] { first.Port, ds.StunPort }.Select(port => Udp("ds.secondAddress", Endpoint.From(address, port).ToString()))];
    }

    /// <summary>Opens a relay's sockets, which share one port: the first for control messages and handshakes, the others for what devices send.</summary>
    /// <inheritdoc cref="Udp"/>
    public static UdpSocket[] Relay(string key, string where) => Guarded(key, where, static options => UdpSocketGroup.Open(
        options, options with { ReceiveBuffer = DataReceiveBuffer, SendBuffer = DataSendBuffer }, DataSockets, DataTypes, PathId.EpochBits));

    /// <summary>Binds a TCP socket; it does not listen yet.</summary>
    /// <inheritdoc cref="Udp"/>
    public static Socket Tcp(string key, string where)
    {
        IPEndPoint local = Endpoint.Parse(where).ToIPEndPoint();
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(local);
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw Refused(key, where + " (TCP)", ErrnoOf(refused), refused);
        }
    }

    /// <summary>Binds the Unix socket for the owner alone; it does not listen yet.</summary>
    /// <exception cref="StartException">It cannot be made, or another server answers there.</exception>
    public static Socket Unix(string key, string path)
    {
        var end = new UnixDomainSocketEndPoint(path);
        if (Answers(end))
        {
            throw new StartException($"{key}: another server runs and answers at {path}; stop it first.");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.Delete(path); // a killed server leaves its socket behind
            socket.Bind(end);

            // Between bind and listen: there is no moment at which a stranger could connect.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartException($"{key}: {path} cannot be made: {error.Message}", error);
        }
    }

    private static T Guarded<T>(string key, string where, Func<UdpSocketOptions, T> open)
    {
        try
        {
            return open(new UdpSocketOptions(Endpoint.Parse(where)) { ReceiveBuffer = ControlBuffer, SendBuffer = ControlBuffer });
        }
        catch (LinuxException refused)
        {
            throw Refused(key, where + " (UDP)", refused.Errno, refused);
        }
    }

    private static bool Answers(UnixDomainSocketEndPoint end)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(end);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int ErrnoOf(SocketException refused) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => Libc.EADDRINUSE,
        SocketError.AddressNotAvailable => Libc.EADDRNOTAVAIL,
        SocketError.AccessDenied => Libc.EACCES,
        _ => 0,
    };

    private static StartException Refused(string key, string where, int errno, Exception inner) => new(
        errno switch
        {
            Libc.EADDRINUSE => $"{key}: {where} is in use by another program; stop it ('ss -lntup' names it), or choose another port.",
            Libc.EADDRNOTAVAIL => $"{key}: {where}: no interface of this machine has this address.",
            Libc.EACCES or Libc.EPERM => $"{key}: {where} is not allowed; ports below 1024 need CAP_NET_BIND_SERVICE, UDP sockets CAP_NET_ADMIN.",
            _ => $"{key}: {where} cannot be opened: {inner.Message}",
        },
        inner);
}
