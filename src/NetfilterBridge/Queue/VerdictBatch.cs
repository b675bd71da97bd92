using System.Buffers.Binary;
using NTMobile.Linux;
using NTMobile.Packets;
using static NTMobile.NetfilterBridge.Nfnetlink;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Collects the verdicts of one queue and sends them with as few calls as possible. With <see cref="VerdictOrder.Ascending"/> every
/// packet gets a verdict, in the order of its id: a run of drops becomes one message that covers all ids up to the last, and what
/// was accepted before it has had its own message by then. The queue's thread owns it.
/// </summary>
public sealed class VerdictBatch : IDisposable
{
    /// <summary>Bytes of messages sent by one call.</summary>
    internal const int Capacity = 256 * 1024;

    private const int VerdictLength = 32;
    private const int LargestMessage = VerdictLength + 8 + 4 + ushort.MaxValue + 1;

    private readonly NfQueue _queue;
    private readonly NativeBuffer _buffer = new(Capacity);
    private readonly VerdictOrder _order;
    private int _length;
    private uint _dropUpTo;
    private bool _dropping;

    internal VerdictBatch(NfQueue queue, VerdictOrder order)
    {
        _queue = queue;
        _order = order;
    }

    /// <summary>Drops a packet, or marks it as consumed, which is the same to the kernel.</summary>
    public void Drop(uint id)
    {
        if (_order == VerdictOrder.Any)
        {
            Write(NFQNL_MSG_VERDICT, NF_DROP, id, null, default);
            return;
        }

        _dropUpTo = id;
        _dropping = true;
    }

    /// <summary>Lets a packet go on as it is.</summary>
    public void Accept(uint id)
    {
        EndRun();
        Write(NFQNL_MSG_VERDICT, NF_ACCEPT, id, null, default);
    }

    /// <summary>Lets a packet go on with another mark.</summary>
    public void AcceptMarked(uint id, uint mark)
    {
        EndRun();
        Write(NFQNL_MSG_VERDICT, NF_ACCEPT, id, mark, default);
    }

    /// <summary>
    /// Lets a packet go on with other bytes. The kernel takes such a packet's checksum for complete, so a partial one is completed
    /// on the way.
    /// </summary>
    /// <param name="packet">The queued packet.</param>
    /// <param name="payload">The whole new packet; it is copied.</param>
    /// <param name="mark">Its new mark, or null.</param>
    /// <exception cref="InvalidOperationException">A super-packet: the kernel would compute its checksums anew and lose ours.</exception>
    public void AcceptRewritten(in QueuedPacket packet, ReadOnlySpan<byte> payload, uint? mark = null)
    {
        if (packet.IsSuperPacket)
        {
            throw new InvalidOperationException("A super-packet cannot be rewritten by a verdict.");
        }

        EndRun();
        var written = Write(NFQNL_MSG_VERDICT, NF_ACCEPT, packet.Id, mark, payload);
        if (packet.HasPartialChecksum)
        {
            TransportChecksum.Complete(written);
        }
    }

    /// <summary>Sends what was collected.</summary>
    /// <exception cref="LinuxException">The socket is broken.</exception>
    public void Flush()
    {
        EndRun();
        if (_length > 0)
        {
            _queue.Send(_buffer.Span[.._length]);
            _length = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private void EndRun()
    {
        if (_dropping)
        {
            _dropping = false;
            Write(NFQNL_MSG_VERDICT_BATCH, NF_DROP, _dropUpTo, null, default);
        }
    }

    // Returns the place of the payload in the message.
    private Span<byte> Write(int type, uint verdict, uint id, uint? mark, ReadOnlySpan<byte> payload)
    {
        if (Capacity - _length < LargestMessage)
        {
            _queue.Send(_buffer.Span[.._length]);
            _length = 0;
        }

        var writer = new NetlinkWriter(_buffer.Span[_length..]);
        writer.Begin(Type(type), 0);
        writer.Body(new nfgenmsg { res_id = BinaryPrimitives.ReverseEndianness(_queue.Number) });
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header, verdict);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], id);
        writer.Attribute(NFQA_VERDICT_HDR, header);
        if (mark is { } value)
        {
            writer.AttributeBigEndian(NFQA_MARK, value);
        }

        var payloadAt = _length + writer.Length + 4;
        if (!payload.IsEmpty)
        {
            writer.Attribute(NFQA_PAYLOAD, payload);
        }

        writer.End();
        _length += writer.Length;
        return payload.IsEmpty ? default : _buffer.Span.Slice(payloadAt, payload.Length);
    }
}
