using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Sends whole IPv4 packets as they are, by a raw socket: the kernel looks the way up and computes the IP header's checksum, and leaves the rest alone.
/// Packets are gathered and sent with one system call. One thread at a time has it; nothing is allocated after the constructor.
/// </summary>
public sealed unsafe class PacketSender : IDisposable
{
    private const int MaximumBatch = 64;
    private const int Room = 128 * 1024;
    private const int IPPROTO_RAW = 255;
    private static readonly int ControlSize = cmsghdr.Space(sizeof(in_pktinfo));

    private readonly FileDescriptor _descriptor;
    private readonly NativeBuffer _packets = new(Room);
    private readonly NativeBuffer _headers = new(MaximumBatch * (sizeof(mmsghdr) + sizeof(iovec) + sizeof(sockaddr_in) + cmsghdr.Space(sizeof(in_pktinfo))));
    private int _count;
    private int _used;
    private int _begun;
    private int _uplink;

    /// <summary>Opens the socket.</summary>
    /// <param name="sendBuffer">Bytes that may wait in the kernel; about 200 full packets by default, a quarter of a second at 10 Mb/s.</param>
    /// <exception cref="LinuxException">The kernel refused; EPERM: CAP_NET_RAW is missing.</exception>
    public PacketSender(int sendBuffer = 512 << 10)
    {
        _descriptor = new FileDescriptor(
            Libc.socket(Libc.AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, IPPROTO_RAW), "raw socket");
        LinuxException.Check(Libc.setsockopt(_descriptor.Value, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, &sendBuffer, sizeof(int)), "raw socket: send buffer");
        PrepareHeaders();
    }

    private mmsghdr* Messages => (mmsghdr*)_headers.Pointer;

    private iovec* Vectors => (iovec*)(Messages + MaximumBatch);

    private sockaddr_in* Addresses => (sockaddr_in*)(Vectors + MaximumBatch);

    private byte* Controls => (byte*)(Addresses + MaximumBatch);

    /// <summary>Packets that wait for <see cref="Flush"/>.</summary>
    public int Count => _count;

    /// <summary>Whether one more of this length must wait until what is there was flushed.</summary>
    /// <param name="uplink">Interface number by which it is to leave.</param>
    /// <param name="length">Its bytes, at most 65,535.</param>
    public bool IsFull(int uplink, int length) => _count > 0 && (_count == MaximumBatch || _used + length > Room || uplink != _uplink);

    /// <summary>Room for one packet, which <see cref="End"/> adds to those that wait.</summary>
    /// <param name="uplink">Interface number by which it is to leave.</param>
    /// <param name="length">Its bytes.</param>
    public Span<byte> Begin(int uplink, int length)
    {
        (_uplink, _begun) = (uplink, length);
        return _packets.Span.Slice(_used, length);
    }

    /// <summary>The packet stands in the room that was given last.</summary>
    public void End()
    {
        var packet = _packets.Pointer + _used;
        Vectors[_count] = new iovec { iov_base = packet, iov_len = (nuint)_begun };
        Addresses[_count].sin_addr = *(uint*)(packet + Ipv4.DestinationAt); // big-endian in both
        ((in_pktinfo*)(Controls + (_count * ControlSize) + cmsghdr.DataAt))->ipi_ifindex = _uplink;
        _count++;
        _used += _begun;
    }

    /// <summary>Sends what waits.</summary>
    /// <param name="patienceMs">Longest wait for room in the socket's buffer, in ms.</param>
    /// <param name="waited">Whether it waited for that.</param>
    /// <returns>How many packets the kernel did not take.</returns>
    public int Flush(int patienceMs, out bool waited)
    {
        var (at, lost) = (0, 0);
        waited = false;
        while (at < _count)
        {
            var sent = Libc.sendmmsg(_descriptor.Value, Messages + at, (uint)(_count - at), Libc.MSG_NOSIGNAL);
            if (sent > 0)
            {
                at += sent;
            }
            else if (Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.ENOBUFS && patienceMs > 0 && !waited)
            {
                waited = true;
                WaitWritable(patienceMs);
            }
            else
            {
                at++; // no way there, or too long for the interface: the next may be for elsewhere
                lost++;
            }
        }

        _count = _used = 0;
        return lost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _descriptor.Dispose();
        _packets.Dispose();
        _headers.Dispose();
    }

    private void WaitWritable(int milliseconds)
    {
        var fd = new pollfd { fd = _descriptor.Value, events = Libc.POLLOUT };
        Poller.Wait(new Span<pollfd>(ref fd), milliseconds);
    }

    private void PrepareHeaders()
    {
        new Span<byte>(_headers.Pointer, MaximumBatch * (sizeof(mmsghdr) + sizeof(iovec) + sizeof(sockaddr_in) + ControlSize)).Clear();
        for (var i = 0; i < MaximumBatch; i++)
        {
            Addresses[i].sin_family = Libc.AF_INET;
            var control = Controls + (i * ControlSize);
            *(cmsghdr*)control = new cmsghdr
            {
                cmsg_len = (nuint)cmsghdr.Length(sizeof(in_pktinfo)),
                cmsg_level = Libc.IPPROTO_IP,
                cmsg_type = Libc.IP_PKTINFO,
            };
            Messages[i].msg_hdr = new msghdr
            {
                msg_name = Addresses + i,
                msg_namelen = (uint)sizeof(sockaddr_in),
                msg_iov = Vectors + i,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = (nuint)ControlSize,
            };
        }
    }
}
