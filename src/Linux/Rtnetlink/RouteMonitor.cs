namespace NTMobile.Linux;

/// <summary>
/// Tells changes of links, addresses and routes as the kernel tells them. To lose nothing, open the monitor first and take
/// <see cref="RouteEditor.Snapshot"/> afterwards. One thread reads it.
/// </summary>
public sealed class RouteMonitor : IDisposable
{
    private const uint Groups = Rtnetlink.RTMGRP_LINK | Rtnetlink.RTMGRP_IPV4_IFADDR | Rtnetlink.RTMGRP_IPV4_ROUTE
        | Rtnetlink.RTMGRP_IPV6_IFADDR | Rtnetlink.RTMGRP_IPV6_ROUTE;

    private readonly NetlinkSocket _socket;

    /// <summary>Subscribes.</summary>
    /// <param name="receiveBuffer">Bytes of messages that the kernel keeps for us, 0 for its default.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public RouteMonitor(int receiveBuffer = 1 << 20)
    {
        _socket = new NetlinkSocket(Libc.NETLINK_ROUTE, Groups);
        if (receiveBuffer > 0)
        {
            _socket.SetOption(Libc.SOL_SOCKET, Libc.SO_RCVBUF, receiveBuffer);
        }
    }

    /// <summary>Descriptor to poll for reading.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>Reads all changes that wait, without waiting for any.</summary>
    /// <param name="changes">They are appended here, in the kernel's order.</param>
    /// <returns>How many were appended.</returns>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public int Read(ICollection<NetworkChange> changes)
    {
        var before = changes.Count;
        while (true)
        {
            if (_socket.TryReceive(out var datagram, out var errno, Libc.MSG_DONTWAIT))
            {
                Parse(datagram, changes);
            }
            else if (errno == Libc.ENOBUFS)
            {
                changes.Add(new ResyncNeeded());
            }
            else if (errno == Libc.EAGAIN)
            {
                return changes.Count - before;
            }
            else
            {
                throw new LinuxException("route monitor", errno);
            }
        }
    }

    /// <summary>Waits for changes and reads them.</summary>
    /// <param name="changes">They are appended here.</param>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever.</param>
    /// <param name="wake">A second descriptor that ends the wait, or -1.</param>
    /// <returns>How many were appended; zero after the time-out.</returns>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public int Wait(ICollection<NetworkChange> changes, int timeoutMilliseconds, int wake = -1) =>
        Poller.WaitReadable(Descriptor, timeoutMilliseconds, wake) ? Read(changes) : 0;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static void Parse(ReadOnlySpan<byte> datagram, ICollection<NetworkChange> changes)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.TryRead(out var message))
        {
            if (RtnetlinkParser.Change(message) is { } change)
            {
                changes.Add(change);
            }
        }
    }
}
