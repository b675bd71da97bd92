using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NTMobile.RouterDaemon.Web;

/// <summary>Makes the listening sockets, with what Kestrel does not set.</summary>
internal static class ListenSocket
{
    private const int IPPROTO_IP = 0;
    private const int IP_FREEBIND = 15;
    private const int SOL_SOCKET = 1;
    private const int SO_BINDTODEVICE = 25;
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    public static Socket Create(EndPoint end, LocalApiOptions options) => end switch
    {
        UnixDomainSocketEndPoint => CreateUnix(end, options.SocketPath!),
        _ => CreateHttp(end, options.HttpInterface),
    };

    // The mode is set between bind and listen: there is no moment at which a stranger could connect.
    private static Socket CreateUnix(EndPoint end, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("ntm-router runs on Linux.");
        }

        File.Delete(path); // A killed daemon leaves its socket behind.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(end);
        File.SetUnixFileMode(path, OwnerAndGroup);
        return socket;
    }

    // FREEBIND: at boot the LAN's address may come up after the service.
    private static Socket CreateHttp(EndPoint end, string? device)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(IPPROTO_IP, IP_FREEBIND, BitConverter.GetBytes(1));
        if (device is not null)
        {
            socket.SetRawSocketOption(SOL_SOCKET, SO_BINDTODEVICE, Encoding.ASCII.GetBytes(device + '\0'));
        }

        socket.Bind(end);
        return socket;
    }
}
