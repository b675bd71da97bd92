using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NTMobile.Linux;

/// <summary>Receives one message of a dump.</summary>
public delegate void NetlinkMessageHandler(in NetlinkMessage message);

/// <summary>A netlink socket. One thread at a time may use it.</summary>
public sealed unsafe class NetlinkSocket : IDisposable
{
    private const int DumpRounds = 10;

    private readonly FileDescriptor _descriptor;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private uint _sequence;

    /// <summary>Opens and binds a socket.</summary>
    /// <param name="protocol">NETLINK_ROUTE, NETLINK_NETFILTER, ….</param>
    /// <param name="groups">Bits of the multicast groups to hear.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public NetlinkSocket(int protocol, uint groups = 0)
    {
        _descriptor = new FileDescriptor(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol), "netlink socket");
        var address = new sockaddr_nl { nl_family = Libc.AF_NETLINK, nl_groups = groups };
        LinuxException.Check(Libc.bind(Descriptor, &address, (uint)sizeof(sockaddr_nl)), "netlink bind");
        SetOption(Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
        SetOption(Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
    }

    /// <summary>Descriptor to poll for reading.</summary>
    public int Descriptor => _descriptor.Value;

    /// <summary>A number for the next request.</summary>
    public uint NextSequence() => ++_sequence;

    /// <summary>Sets a socket option that is an integer.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetOption(int level, int name, int value) =>
        LinuxException.Check(Libc.setsockopt(Descriptor, level, name, &value, sizeof(int)), $"netlink setsockopt {name}");

    /// <summary>Sends messages.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Send(ReadOnlySpan<byte> messages)
    {
        fixed (byte* p = messages)
        {
            LinuxException.Check(Libc.send(Descriptor, p, (nuint)messages.Length, 0), "netlink send");
        }
    }

    /// <summary>Receives a datagram into the socket's buffer.</summary>
    /// <param name="datagram">Borrowed until the next call.</param>
    /// <param name="errno">The reason when there is none: EAGAIN, ENOBUFS, ….</param>
    /// <param name="flags">MSG_DONTWAIT for a socket that must not block.</param>
    /// <returns>False when nothing was received.</returns>
    public bool TryReceive(out ReadOnlySpan<byte> datagram, out int errno, int flags = 0)
    {
        fixed (byte* p = _buffer)
        {
            nint length;
            do
            {
                length = Libc.recv(Descriptor, p, (nuint)_buffer.Length, flags);
                errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (errno == Libc.EINTR);

            datagram = length < 0 ? default : _buffer.AsSpan(0, (int)length);
            return length >= 0;
        }
    }

    /// <summary>Sends one request that carries NLM_F_ACK and waits for the kernel's answer.</summary>
    /// <param name="request">The request; its sequence number comes from <see cref="NextSequence"/>.</param>
    /// <param name="operation">What is tried, for the error's text.</param>
    /// <exception cref="LinuxException">The kernel refused, with its own words when it gave any.</exception>
    public void Execute(ReadOnlySpan<byte> request, string operation) => Run(request, operation, null);

    /// <summary>Sends one request for a dump and hands each message of it over.</summary>
    /// <param name="request">The request; its sequence number comes from <see cref="NextSequence"/>.</param>
    /// <param name="operation">What is asked for, for the error's text.</param>
    /// <param name="begin">Called before the first message, and again when the kernel's tables changed meanwhile and the dump begins anew.</param>
    /// <param name="handler">Called for each message.</param>
    /// <exception cref="LinuxException">The kernel refused, or the tables changed each time.</exception>
    public void Dump(ReadOnlySpan<byte> request, string operation, Action begin, NetlinkMessageHandler handler)
    {
        for (var round = 0; round < DumpRounds; round++)
        {
            begin();
            if (Run(request, operation, handler))
            {
                return;
            }
        }

        throw new LinuxException(operation, Libc.EBUSY);
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    // True: answered in full. False: a dump that was interrupted by a change.
    private bool Run(ReadOnlySpan<byte> request, string operation, NetlinkMessageHandler? handler)
    {
        var sequence = MemoryMarshal.Read<nlmsghdr>(request).nlmsg_seq;
        var whole = true;
        Send(request);
        while (true)
        {
            if (!TryReceive(out var datagram, out var errno))
            {
                throw new LinuxException(operation, errno);
            }

            var reader = new NetlinkReader(datagram);
            while (reader.TryRead(out var message))
            {
                if (message.Header.nlmsg_seq != sequence)
                {
                    continue;
                }

                whole &= (message.Header.nlmsg_flags & Libc.NLM_F_DUMP_INTR) == 0;
                if (message.Type is Libc.NLMSG_DONE or Libc.NLMSG_ERROR)
                {
                    ThrowIfRefused(message, operation);
                    return whole;
                }

                handler?.Invoke(message);
            }
        }
    }

    private static void ThrowIfRefused(in NetlinkMessage message, string operation)
    {
        if (!MemoryMarshal.TryRead(message.Payload, out int error) || error == 0)
        {
            return;
        }

        string? detail = null;
        var at = message.Type == Libc.NLMSG_ERROR ? Unsafe.SizeOf<nlmsgerr>() : sizeof(int);
        if ((message.Header.nlmsg_flags & Libc.NLM_F_ACK_TLVS) != 0 && message.Payload.Length > at)
        {
            var attributes = new NetlinkAttributes(message.Payload[at..]);
            while (attributes.TryRead(out var type, out var value))
            {
                detail = type == Libc.NLMSGERR_ATTR_MSG ? NetlinkAttributes.String(value) : detail;
            }
        }

        throw new LinuxException(operation, -error, detail);
    }
}
