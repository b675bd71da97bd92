using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;
using static NTMobile.NetfilterBridge.Nfnetlink;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// A netfilter queue. One thread at a time has it: <see cref="Receive"/>, look at each packet in order, give each its verdict through
/// <see cref="Verdicts"/>, flush, and again. Nothing is allocated after the constructor.
/// </summary>
public sealed unsafe class NfQueue : IDisposable
{
    /// <summary>Writable bytes before each packet.</summary>
    public const int Headroom = 128 + 20;

    // In front of the netlink message, whose own head is reused as well.
    private const int SlotHead = 128;

    // An attribute's length is a 16-bit number, so a packet has at most 65,531 bytes; the rest is for the other attributes.
    private const int MessageCapacity = 68 * 1024;
    private const int SlotLength = SlotHead + MessageCapacity;

    private readonly NetlinkSocket _socket;
    private readonly NativeBuffer _slots;
    private readonly NativeBuffer _headers;
    private readonly NativeBuffer _records;
    private readonly int _batch;

    /// <summary>Opens and binds a queue.</summary>
    /// <exception cref="LinuxException">The kernel refused; EBUSY or EPERM: another process has the queue.</exception>
    public NfQueue(NfQueueOptions options)
    {
        Number = options.Number;
        _batch = options.BatchSize;
        _slots = new NativeBuffer(_batch * SlotLength);
        _headers = new NativeBuffer(_batch * (sizeof(mmsghdr) + sizeof(iovec)));
        _records = new NativeBuffer(_batch * sizeof(PacketRecord));
        PrepareHeaders();
        _socket = new NetlinkSocket(Libc.NETLINK_NETFILTER);
        _socket.SetOption(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, options.ReceiveBuffer);
        _socket.SetOption(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, 4 * VerdictBatch.Capacity);
        _socket.SetOption(Libc.SOL_NETLINK, Libc.NETLINK_NO_ENOBUFS, 1);
        Verdicts = new VerdictBatch(this, options.Order);
        Configure(options);
    }

    /// <summary>The queue's number.</summary>
    public ushort Number { get; }

    /// <summary>Descriptor to poll for reading.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>Packets of the last <see cref="Receive"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Verdicts that the kernel refused, because the packet had gone (its interface went, the queue was flushed).</summary>
    public long RefusedVerdicts { get; private set; }

    /// <summary>Where verdicts go.</summary>
    public VerdictBatch Verdicts { get; }

    /// <summary>A packet of the last <see cref="Receive"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1, in the order of their ids.</param>
    public QueuedPacket this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return new QueuedPacket((PacketRecord*)_records.Pointer + index);
        }
    }

    /// <summary>The memory in which all packets of a batch lie.</summary>
    public Span<byte> Memory => _slots.Span;

    /// <summary>Where in <see cref="Memory"/> a packet of the last <see cref="Receive"/> begins.</summary>
    public int OffsetOf(in QueuedPacket packet) => (int)(packet.Address - _slots.Pointer);

    /// <summary>Waits for a packet and reads those that are there.</summary>
    /// <param name="timeoutMilliseconds">Longest wait; -1 waits for ever, 0 only looks.</param>
    /// <returns><see cref="Count"/>; zero after the time-out.</returns>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public int Receive(int timeoutMilliseconds)
    {
        Count = 0;
        if (timeoutMilliseconds == 0 || Poller.WaitReadable(Descriptor, timeoutMilliseconds))
        {
            TryReceive();
        }

        return Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Closing the socket unbinds the queue; packets without a verdict are dropped.
        _socket.Dispose();
        _slots.Dispose();
        _headers.Dispose();
        _records.Dispose();
        Verdicts.Dispose();
    }

    internal void Send(ReadOnlySpan<byte> messages) => _socket.Send(messages);

    private static ushort BigEndian(ushort value) => BinaryPrimitives.ReverseEndianness(value);

    private void PrepareHeaders()
    {
        var messages = (mmsghdr*)_headers.Pointer;
        var vectors = (iovec*)(messages + _batch);
        for (var i = 0; i < _batch; i++)
        {
            vectors[i] = new iovec { iov_base = _slots.Pointer + (i * SlotLength) + SlotHead, iov_len = MessageCapacity };
            messages[i].msg_hdr.msg_iov = vectors + i;
            messages[i].msg_hdr.msg_iovlen = 1;
        }
    }

    private void Configure(NfQueueOptions options)
    {
        var writer = new NetlinkWriter(stackalloc byte[256]);
        writer.Begin(Type(NFQNL_MSG_CONFIG), Libc.NLM_F_ACK, _socket.NextSequence());
        writer.Body(new nfgenmsg { res_id = BigEndian(Number) });
        writer.Attribute(NFQA_CFG_CMD, [NFQNL_CFG_CMD_BIND, 0, 0, 0]);
        writer.AttributeBigEndian(NFQA_CFG_QUEUE_MAXLEN, (uint)options.QueueLength);
        writer.AttributeBigEndian(NFQA_CFG_FLAGS,
            (options.GsoSuperPackets ? NFQA_CFG_F_GSO : 0) | (options.FailOpen ? NFQA_CFG_F_FAIL_OPEN : 0));
        writer.AttributeBigEndian(NFQA_CFG_MASK, NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN);
        writer.End();
        _socket.Execute(writer.Written, $"bind queue {Number}");

        // Until the copy mode is set the queue takes no packet. This message asks for no acknowledgement, for packets may overtake it.
        writer.Clear();
        writer.Begin(Type(NFQNL_MSG_CONFIG), 0);
        writer.Body(new nfgenmsg { res_id = BigEndian(Number) });
        var mode = options.Mode == NfQueueMode.CopyPacket ? NFQNL_COPY_PACKET : NFQNL_COPY_META;
        writer.Attribute(NFQA_CFG_PARAMS, [0, 0, 0xFF, 0xFF, mode]);
        writer.End();
        _socket.Send(writer.Written);
    }

    private void TryReceive()
    {
        var messages = (mmsghdr*)_headers.Pointer;
        var received = Libc.recvmmsg(Descriptor, messages, (uint)_batch, Libc.MSG_DONTWAIT, null);
        if (received < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno is not (Libc.EAGAIN or Libc.EINTR or Libc.ENOBUFS))
            {
                throw new LinuxException($"queue {Number}", errno);
            }
        }

        for (var i = 0; i < received; i++)
        {
            Parse(_slots.Pointer + (i * SlotLength), (int)messages[i].msg_len);
        }
    }

    // The kernel sends each packet as a datagram of its own.
    private void Parse(byte* slot, int length)
    {
        var reader = new NetlinkReader(new ReadOnlySpan<byte>(slot + SlotHead, length));
        if (!reader.TryRead(out var message))
        {
            return;
        }

        if (message.Type == Libc.NLMSG_ERROR)
        {
            RefusedVerdicts++;
            return;
        }

        ref var record = ref ((PacketRecord*)_records.Pointer)[Count];
        record = new PacketRecord { BufferStart = slot, BufferLength = SlotLength, Payload = slot + Headroom };
        if (message.Type == Type(NFQNL_MSG_PACKET) && PacketParser.TryRead(message, ref record))
        {
            Count++;
        }
    }
}
