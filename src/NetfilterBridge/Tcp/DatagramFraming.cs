using System.Buffers;
using System.Buffers.Binary;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Datagrams in a byte stream: two bytes of length (big-endian, 1 to <see cref="MaximumDatagram"/>) before each.
/// </summary>
public static class DatagramFraming
{
    /// <summary>Bytes before each datagram.</summary>
    public const int LengthSize = sizeof(ushort);

    /// <summary>Longest datagram; nobody sends one that is longer than a packet of Ethernet.</summary>
    public const int MaximumDatagram = 2048;

    /// <summary>Appends one datagram.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, ReadOnlySpan<byte> datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)datagram.Length);
        datagram.CopyTo(to[LengthSize..]);
        return LengthSize + datagram.Length;
    }

    /// <summary>Takes the first datagrams of one size; a shorter one may be the last of them.</summary>
    /// <param name="input">What has come; afterwards what is left of it.</param>
    /// <param name="room">For the datagrams, one after the other; at least <see cref="MaximumDatagram"/> bytes.</param>
    /// <param name="length">Bytes of all of them, 0: none is whole yet.</param>
    /// <param name="datagramSize">Bytes of the first.</param>
    /// <returns>False: the next length is not allowed, and nothing behind it has a meaning.</returns>
    public static bool TryTakeRun(ref ReadOnlySequence<byte> input, Span<byte> room, out int length, out int datagramSize)
    {
        (length, datagramSize) = (0, 0);
        var reader = new SequenceReader<byte>(input);
        var taken = input.Start;
        while (reader.TryReadBigEndian(out short next))
        {
            int size = (ushort)next;
            if (size is 0 or > MaximumDatagram)
            {
                input = input.Slice(taken);
                return length > 0; // what came before is good; the next call refuses the rest
            }

            if (reader.Remaining < size || length + size > room.Length || (length > 0 && size > datagramSize))
            {
                break;
            }

            reader.TryCopyTo(room.Slice(length, size));
            reader.Advance(size);
            taken = reader.Position;
            datagramSize = length == 0 ? size : datagramSize;
            length += size;
            if (size < datagramSize)
            {
                break;
            }
        }

        input = input.Slice(taken);
        return true;
    }
}
