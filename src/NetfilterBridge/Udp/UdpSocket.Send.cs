using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

public sealed unsafe partial class UdpSocket
{
    private const int LeastSendBuffer = 32 << 10;
    private const int KernelFactor = 2; // the kernel doubles what it is asked for (socket(7))
    private const int SendMemoryAt = 2; // SK_MEMINFO_WMEM_ALLOC
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(8);
    private readonly int _mostSendBuffer;
    private volatile int _sendBuffer; // several threads may fit it; any of their results will do

    /// <summary>Bytes that one send should have at most, so that nothing else waits behind it for long.</summary>
    public int LongestRun => Math.Min(MaximumRun, _sendBuffer / 2);

    /// <summary>Sends a run of datagrams with one system call.</summary>
    /// <param name="to">The receiver, of the socket's family, or of IPv4 where a NAT64 stands in front.</param>
    /// <param name="run">The datagrams, one after the other; at most <see cref="MaximumRun"/> bytes and <see cref="MaximumSegments"/> datagrams.</param>
    /// <param name="datagramSize">Bytes of each datagram but the last, which may be shorter.</param>
    /// <param name="tos">Type of service or traffic class: DSCP and ECN.</param>
    /// <param name="from">Source address, or none for the one that the route suggests.</param>
    /// <returns>What became of it; all datagrams share one fate.</returns>
    /// <exception cref="ArgumentException">The run is longer than the limits.</exception>
    public SendResult Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte tos = 0, in Endpoint from = default)
    {
        if (run.Length > MaximumRun || run.Length > (long)datagramSize * MaximumSegments)
        {
            throw new ArgumentException($"A run of {run.Length} bytes in datagrams of {datagramSize} is too long for one send.", nameof(run));
        }

        fixed (byte* bytes = run)
        {
            var vector = new iovec { iov_base = bytes, iov_len = (nuint)run.Length };
            return Send(to, &vector, 1, run.Length > datagramSize ? datagramSize : 0, tos, from);
        }
    }

    /// <summary>Sends runs that were joined with one system call.</summary>
    /// <returns>What became of it; all datagrams share one fate. The runs stay joined.</returns>
    public SendResult Send(UdpJoinedRuns runs) =>
        Send(runs.To, runs.Vectors, runs.RunCount, runs.Count > 1 ? runs.DatagramSize : 0, runs.Tos, runs.From);

    /// <summary>Waits until the socket's buffer takes something again.</summary>
    /// <param name="timeoutMilliseconds">Longest wait.</param>
    /// <returns>Whether it does.</returns>
    public bool WaitWritable(int timeoutMilliseconds)
    {
        var fd = new pollfd { fd = Descriptor, events = Libc.POLLOUT };
        return Poller.Wait(new Span<pollfd>(ref fd), timeoutMilliseconds) > 0;
    }

    /// <summary>
    /// Lets less wait for being sent where it waits for long, and more where it leaves at once, within the bound that the socket was opened with:
    /// what stands in the buffer delays every packet behind it.
    /// </summary>
    /// <param name="wait">How long <see cref="WaitWritable"/> took: about half the buffer went in that time.</param>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public void FitSendBuffer(TimeSpan wait)
    {
        var now = _sendBuffer;
        var fitting = wait > LongWait ? Math.Max(now / 2, LeastSendBuffer) : wait < ShortWait ? Math.Min(now * 2, _mostSendBuffer) : now;
        if (fitting != now)
        {
            Set(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, fitting);
            _sendBuffer = fitting;
        }
    }

    /// <summary>
    /// Whether a run of so many bytes leaves a quarter of the buffer to others: who sends bulk asks before, so that a few datagrams of another thread, which
    /// must not wait, find room at any time.
    /// </summary>
    public bool LeavesRoomBehind(int bytes) => MemoryInfo(SendMemoryAt) + bytes <= KernelFactor * _sendBuffer / 4 * 3;

    private static SendResult Result(int errno) => errno switch
    {
        Libc.EAGAIN or Libc.ENOBUFS => new SendResult(SendStatus.WouldBlock, errno),
        Libc.EMSGSIZE => new SendResult(SendStatus.TooBig, errno),
        Libc.ENETUNREACH or Libc.EHOSTUNREACH or Libc.ENETDOWN or Libc.ENODEV or Libc.EADDRNOTAVAIL
            => new SendResult(SendStatus.Unreachable, errno),
        _ => new SendResult(SendStatus.Failed, errno),
    };

    private static int Append<T>(byte* control, int at, int level, int type, in T value)
        where T : unmanaged
    {
        *(cmsghdr*)(control + at) = new cmsghdr { cmsg_len = (nuint)cmsghdr.Length(sizeof(T)), cmsg_level = level, cmsg_type = type };
        *(T*)(control + at + cmsghdr.DataAt) = value;
        return at + cmsghdr.Space(sizeof(T));
    }

    private SendResult Send(in Endpoint to, iovec* vectors, int count, int segment, byte tos, in Endpoint from)
    {
        var address = stackalloc byte[SocketAddress.Capacity];
        var control = stackalloc byte[ControlCapacity];
        var message = new msghdr
        {
            msg_name = address,
            msg_namelen = SocketAddress.Write(_nat64 is not null && to.IsIpv4 ? _nat64.Embed(to) : to, address),
            msg_iov = vectors,
            msg_iovlen = (nuint)count,
            msg_control = control,
            msg_controllen = (nuint)WriteControl(control, segment, tos, from),
        };
        return Libc.sendmsg(Descriptor, &message, Libc.MSG_NOSIGNAL) >= 0
            ? new SendResult(SendStatus.Sent)
            : Result(Marshal.GetLastPInvokeError());
    }

    private int WriteControl(byte* control, int segment, byte tos, in Endpoint from)
    {
        var at = 0;
        if (segment != 0)
        {
            at = Append(control, at, Libc.SOL_UDP, Libc.UDP_SEGMENT, (ushort)segment);
        }

        if (tos != 0)
        {
            at = IsIpv4
                ? Append(control, at, Libc.IPPROTO_IP, Libc.IP_TOS, (int)tos)
                : Append(control, at, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, (int)tos);
        }

        if (from.IsIpv4)
        {
            var source = new in_pktinfo { ipi_spec_dst = BinaryPrimitives.ReverseEndianness(from.Ipv4Address) };
            at = Append(control, at, Libc.IPPROTO_IP, Libc.IP_PKTINFO, source);
        }
        else if (from.IsIpv6)
        {
            in6_pktinfo source = default;
            BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(source.ipi6_addr, 16), from.Address);
            at = Append(control, at, Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO, source);
        }

        return at;
    }
}
