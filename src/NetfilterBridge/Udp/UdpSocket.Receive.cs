using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

public sealed unsafe partial class UdpSocket
{
    /// <summary>Writable bytes before each run.</summary>
    public const int Headroom = 64;

    // A slot: room for headers, the run, the control messages, the sender's address.
    private const int RunCapacity = 64 * 1024;
    private const int ControlAt = Headroom + RunCapacity;
    private const int ControlCapacity = 128;
    private const int AddressAt = ControlAt + ControlCapacity;
    private const int SlotLength = AddressAt + 64;

    private readonly NativeBuffer _slots;
    private readonly NativeBuffer _records;
    private readonly NativeBuffer _headers;
    private readonly int _batch;

    /// <summary>Runs of the last <see cref="Receive()"/>.</summary>
    public int Count { get; private set; }

    /// <summary>A run of the last <see cref="Receive()"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public UdpRun this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return new UdpRun((UdpRunRecord*)_records.Pointer + index);
        }
    }

    /// <summary>Reads the runs that wait; it never blocks itself.</summary>
    /// <returns><see cref="Count"/>.</returns>
    /// <exception cref="LinuxException">The socket is broken; a lost interface is none of that.</exception>
    public int Receive()
    {
        Count = 0;
        var messages = (mmsghdr*)_headers.Pointer;
        for (var i = 0; i < _batch; i++)
        {
            messages[i].msg_hdr.msg_namelen = SocketAddress.Capacity;
            messages[i].msg_hdr.msg_controllen = ControlCapacity;
        }

        var received = Libc.recvmmsg(Descriptor, messages, (uint)_batch, Libc.MSG_DONTWAIT, null);
        if (received < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return IsBroken(errno) ? throw new LinuxException($"receive {Local}", errno) : 0;
        }

        for (var i = 0; i < received; i++)
        {
            Read(messages + i, (UdpRunRecord*)_records.Pointer + i);
        }

        return Count = received;
    }

    /// <summary>Reads the runs that wait; if none does, waits for the first.</summary>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever.</param>
    /// <param name="wake">Ends the wait, or null. The caller drains it.</param>
    /// <returns><see cref="Count"/>; zero after the time-out or a wake-up.</returns>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public int Receive(int timeoutMilliseconds, EventFd? wake = null)
    {
        if (Receive() == 0 && Poller.WaitReadable(Descriptor, timeoutMilliseconds, wake?.Descriptor ?? -1))
        {
            Receive();
        }

        return Count;
    }

    // Errors that ICMP, a lost interface or a signal leave on a socket pass.
    private static bool IsBroken(int errno) => errno is Libc.EBADF or Libc.EFAULT or Libc.EINVAL;

    private void PrepareHeaders()
    {
        var messages = (mmsghdr*)_headers.Pointer;
        var vectors = (iovec*)(messages + _batch);
        for (var i = 0; i < _batch; i++)
        {
            var slot = _slots.Pointer + (i * SlotLength);
            vectors[i] = new iovec { iov_base = slot + Headroom, iov_len = RunCapacity };
            messages[i].msg_hdr = new msghdr
            {
                msg_iov = vectors + i,
                msg_iovlen = 1,
                msg_control = slot + ControlAt,
                msg_name = slot + AddressAt,
            };
        }
    }

    private void Read(mmsghdr* message, UdpRunRecord* record)
    {
        ref var header = ref message->msg_hdr;
        *record = new UdpRunRecord
        {
            Bytes = (byte*)header.msg_iov->iov_base,
            Length = (int)message->msg_len,
            DatagramSize = Math.Max(1, (int)message->msg_len),
            From = Translated(SocketAddress.Read((byte*)header.msg_name)),
            Local = Local,
        };
        var at = (byte*)header.msg_control;
        var end = at + header.msg_controllen;
        while (end - at >= cmsghdr.DataAt)
        {
            var control = (cmsghdr*)at;
            var length = (int)control->cmsg_len - cmsghdr.DataAt;
            if (length < 0 || length > end - at - cmsghdr.DataAt)
            {
                break;
            }

            ReadControl(control, new ReadOnlySpan<byte>(at + cmsghdr.DataAt, length), record);
            at += cmsghdr.Space(length);
        }
    }

    private Endpoint Translated(Endpoint from) => _nat64 is not null && _nat64.TryExtract(from, out var embedded) ? embedded : from;

    private void ReadControl(cmsghdr* control, ReadOnlySpan<byte> data, UdpRunRecord* record)
    {
        switch (control->cmsg_level, control->cmsg_type)
        {
            case (Libc.SOL_UDP, Libc.UDP_GRO) when MemoryMarshal.TryRead(data, out int size) && size > 0:
                record->DatagramSize = size;
                break;
            case (Libc.IPPROTO_IP, Libc.IP_TOS):
            case (Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS):
                record->Tos = data.IsEmpty ? (byte)0 : data[0];
                break;
            case (Libc.IPPROTO_IP, Libc.IP_PKTINFO) when MemoryMarshal.TryRead(data, out in_pktinfo four):
                record->Interface = four.ipi_ifindex;
                record->Local = Endpoint.FromIpv4(BinaryPrimitives.ReverseEndianness(four.ipi_addr), Local.Port);
                break;
            case (Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO) when data.Length >= sizeof(in6_pktinfo):
                record->Interface = MemoryMarshal.Read<int>(data[16..]);
                record->Local = Endpoint.FromIpv6(BinaryPrimitives.ReadUInt128BigEndian(data), Local.Port, record->From.Scope);
                break;
        }
    }
}
