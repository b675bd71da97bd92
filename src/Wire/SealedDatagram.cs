using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>The clear part of Data, DataFull, Control, Fragment and Locator (protocol.md §1.3).</summary>
/// <remarks>
/// <code>
///  0        1               4                       8
///  +--------+---------------+-----------------------+------------------------+----------+
///  | type   | path id (3)   | counter, low 32 bits  | sealed content         | tag (16) |
///  +--------+---------------+-----------------------+------------------------+----------+
///  AAD = type ‖ counter (64 bits)          nonce = 0 (32 bits) ‖ counter (64 bits)
/// </code>
/// </remarks>
/// <param name="Type">Data, DataFull, Control, Fragment, Locator or Egress.</param>
/// <param name="PathId">Session, path and epoch.</param>
/// <param name="CounterLow">The counter's low 32 bits.</param>
public readonly record struct SealedDatagram(DatagramType Type, PathId PathId, uint CounterLow)
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderSize = CounterAt + 4;

    /// <summary>Bytes after the content.</summary>
    public const int TagSize = 16;

    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = HeaderSize + TagSize;

    /// <summary>Longest content on a path whose size is not known yet.</summary>
    public const int UnknownPathContentLimit = DatagramHeader.UnknownPathLimit - Overhead;

    /// <summary>Offset of the counter.</summary>
    public const int CounterAt = DatagramHeader.Size;

    /// <summary>Bytes of the associated data.</summary>
    public const int AadSize = 1 + 8;

    /// <summary>Bytes of the nonce.</summary>
    public const int NonceSize = 4 + 8;

    /// <summary>Reads the header.</summary>
    /// <returns>False if the datagram is too short for header and tag, or of a type that is not sealed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> datagram, out SealedDatagram header)
    {
        if (datagram.Length < Overhead || !IsSealed((DatagramType)datagram[0]))
        {
            header = default;
            return false;
        }

        header = new SealedDatagram(
            (DatagramType)datagram[0],
            PathId.Read(datagram[DatagramHeader.PathIdAt..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[CounterAt..]));
        return true;
    }

    /// <summary>Whether datagrams of a type are sealed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSealed(DatagramType type) =>
        type is DatagramType.Data or DatagramType.DataFull or DatagramType.Control or DatagramType.Fragment or DatagramType.Locator
            or DatagramType.Egress;

    /// <summary>Writes the header to the beginning of a datagram.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteHeader(Span<byte> datagram, DatagramType type, PathId pathId, ulong counter)
    {
        BinaryPrimitives.WriteUInt32BigEndian(datagram[CounterAt..], (uint)counter);
        new DatagramHeader(type, pathId).Write(datagram);
    }

    /// <summary>Writes the associated data, <see cref="AadSize"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteAad(Span<byte> aad, DatagramType type, ulong counter)
    {
        BinaryPrimitives.WriteUInt64BigEndian(aad[1..], counter);
        aad[0] = (byte)type;
    }

    /// <summary>Writes the nonce, <see cref="NonceSize"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteNonce(Span<byte> nonce, ulong counter)
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], counter);
        nonce[..4].Clear();
    }

    /// <summary>The sealed content of a datagram that <see cref="TryRead"/> accepted, without the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<byte> Content(Span<byte> datagram) => datagram[HeaderSize..^TagSize];
}
