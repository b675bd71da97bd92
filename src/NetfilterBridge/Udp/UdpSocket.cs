using System.Text;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// A UDP socket for runs of datagrams (UDP_SEGMENT and UDP_GRO). One thread receives; any thread sends. It never fragments and never
/// heeds what the route's path MTU is thought to be: sizes are probed by the protocol above. Nothing is allocated after the constructor.
/// </summary>
public sealed unsafe partial class UdpSocket : IDisposable
{
    /// <summary>Datagrams that one send can carry (UDP_MAX_SEGMENTS of kernels before 6.7).</summary>
    public const int MaximumSegments = 64;

    /// <summary>Bytes that one send or one received run can carry.</summary>
    public const int MaximumRun = 65507;

    private readonly FileDescriptor _descriptor;
    private readonly Nat64Prefix? _nat64;

    /// <summary>Opens and binds a socket.</summary>
    /// <exception cref="LinuxException">The kernel refused: EADDRINUSE, ENODEV, EADDRNOTAVAIL, ….</exception>
    public UdpSocket(UdpSocketOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        IsIpv4 = options.Local.IsIpv4;
        Number = options.Number;
        _nat64 = options.Nat64;
        var family = IsIpv4 ? Libc.AF_INET : Libc.AF_INET6;
        _descriptor = new FileDescriptor(
            Libc.socket(family, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, Libc.IPPROTO_UDP), "UDP socket");
        SetOptions(options);
        _mostSendBuffer = _sendBuffer = options.SendBuffer;
        var address = stackalloc byte[SocketAddress.Capacity];
        var length = SocketAddress.Write(options.Local, address);
        LinuxException.Check(Libc.bind(Descriptor, address, length), $"bind {options.Local}");
        length = SocketAddress.Capacity;
        LinuxException.Check(Libc.getsockname(Descriptor, address, &length), "getsockname");
        Local = SocketAddress.Read(address);
        _batch = options.BatchSize;
        _slots = new NativeBuffer(_batch * SlotLength);
        _records = new NativeBuffer(_batch * sizeof(UdpRunRecord));
        _headers = new NativeBuffer(_batch * (sizeof(mmsghdr) + sizeof(iovec)));
        PrepareHeaders();
    }

    /// <summary>The bound address and port.</summary>
    public Endpoint Local { get; }

    /// <summary>Whether the socket is IPv4's; else it is IPv6's alone.</summary>
    public bool IsIpv4 { get; }

    /// <summary>What its owner calls it (<see cref="UdpSocketOptions.Number"/>).</summary>
    public int Number { get; }

    /// <summary>Index of the interface that it is bound to; 0: to none.</summary>
    public int Interface { get; private set; }

    /// <summary>Descriptor to poll.</summary>
    public int Descriptor => _descriptor.Value;

    /// <summary>Datagrams or runs that the kernel dropped since the start, since the receive buffer was full or a checksum wrong (SO_MEMINFO).</summary>
    public long ReceiveDrops => MemoryInfo(8); // SK_MEMINFO_DROPS

    /// <summary>Lets sockets that are opened from now on with <see cref="UdpSocketOptions.SharesPort"/> have the same address and port.</summary>
    internal void SharePort() => Set(Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptor.Dispose();
        _slots.Dispose();
        _records.Dispose();
        _headers.Dispose();
    }

    private uint MemoryInfo(int which)
    {
        const int Count = 9;
        var info = stackalloc uint[Count];
        uint length = Count * sizeof(uint);
        LinuxException.Check(Libc.getsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_MEMINFO, info, &length), "getsockopt SO_MEMINFO");
        return info[which];
    }

    private void SetOptions(UdpSocketOptions options)
    {
        Set(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, options.ReceiveBuffer);
        Set(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, options.SendBuffer);
        Set(Libc.SOL_UDP, Libc.UDP_GRO, 1);
        Set(Libc.SOL_SOCKET, Libc.SO_REUSEPORT, options.SharesPort ? 1 : 0);
        if (IsIpv4)
        {
            Set(Libc.IPPROTO_IP, Libc.IP_MTU_DISCOVER, Libc.IP_PMTUDISC_PROBE);
            Set(Libc.IPPROTO_IP, Libc.IP_RECVTOS, 1);
            Set(Libc.IPPROTO_IP, Libc.IP_PKTINFO, 1);
        }
        else
        {
            Set(Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1);
            Set(Libc.IPPROTO_IPV6, Libc.IPV6_MTU_DISCOVER, Libc.IPV6_PMTUDISC_PROBE);
            Set(Libc.IPPROTO_IPV6, Libc.IPV6_RECVTCLASS, 1);
            Set(Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, 1);
        }

        if (options.Mark != 0)
        {
            Set(Libc.SOL_SOCKET, Libc.SO_MARK, (int)options.Mark);
        }

        if (options.Device is { } device)
        {
            Interface = (int)Libc.if_nametoindex(device);
            fixed (byte* name = Encoding.UTF8.GetBytes(device))
            {
                LinuxException.Check(
                    Libc.setsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, name, (uint)device.Length), $"bind to {device}");
            }
        }
    }

    private void Set(int level, int name, int value) =>
        LinuxException.Check(Libc.setsockopt(Descriptor, level, name, &value, sizeof(int)), $"UDP setsockopt {level}/{name}");
}
