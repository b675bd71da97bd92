using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NTMobile.Packets;

/// <summary>
/// The Internet checksum (RFC 1071) and its incremental update (RFC 1624). All 16-bit values are the numbers that
/// <see cref="BinaryPrimitives.ReadUInt16BigEndian"/> reads from the packet. A <i>sum</i> is the one's complement sum
/// itself; a <i>checksum</i> is its complement, the value that stands in a complete packet.
/// </summary>
public static class Checksum
{
    /// <summary>Adds bytes to a sum. Only the last piece of a packet may have an odd length.</summary>
    /// <param name="data">Any number of bytes up to 1 GiB; a last odd byte counts as if a zero followed it.</param>
    /// <param name="start">The sum of the pieces before.</param>
    /// <returns>The folded sum, 0 to 0xFFFF.</returns>
    public static ushort Sum(ReadOnlySpan<byte> data, uint start = 0)
    {
        // Summing words in the machine's own order gives the byte-swapped sum (RFC 1071 §2 B), so that one swap at the end is enough.
        var native = FoldWide(SumNative(data));
        var sum = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(native) : native;
        return Fold(start + sum);
    }

    /// <summary>The checksum of bytes: the complement of their sum.</summary>
    /// <param name="data">The bytes, with the checksum field itself zero.</param>
    /// <param name="start">A sum to begin with, for example that of a pseudo-header.</param>
    public static ushort Compute(ReadOnlySpan<byte> data, uint start = 0) => (ushort)~Sum(data, start);

    /// <summary>Folds the carries of a sum of 16-bit words into 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(uint sum)
    {
        sum = (sum >> 16) + (sum & 0xFFFF);
        sum += sum >> 16;
        return (ushort)sum;
    }

    /// <summary>The sum of an IPv4 pseudo-header (RFC 9293 §3.1, RFC 768).</summary>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="protocol">Protocol number.</param>
    /// <param name="length">Bytes of the transport header and its payload.</param>
    public static ushort PseudoHeader(uint source, uint destination, byte protocol, int length) =>
        Fold((source >> 16) + (source & 0xFFFF) + (destination >> 16) + (destination & 0xFFFF) + protocol + (ushort)length);

    /// <summary>The sum of an IPv6 pseudo-header (RFC 8200 §8.1).</summary>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="protocol">Number of the upper-layer protocol.</param>
    /// <param name="length">Bytes of the upper-layer header and its payload.</param>
    public static ushort PseudoHeader(UInt128 source, UInt128 destination, byte protocol, int length) =>
        Fold((uint)(Words(source) + Words(destination)) + protocol + ((uint)length >> 16) + (ushort)length);

    /// <summary>Moves a complete checksum along when one 16-bit word under it changes (RFC 1624 eqn. 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        (ushort)~Fold((uint)(ushort)~checksum + (ushort)~oldWord + newWord);

    /// <summary>Moves a complete checksum along when a 32-bit field under it, an address for example, changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Update(ushort checksum, uint oldValue, uint newValue) => Apply(checksum, Delta(oldValue, newValue));

    /// <summary>Moves a <i>partial</i> checksum (the pseudo-header's sum, not complemented) along when a 32-bit field under it changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort UpdatePartial(ushort sum, uint oldValue, uint newValue) => Fold((uint)sum + Delta(oldValue, newValue));

    /// <summary>What a change of a 32-bit field adds to the sum. Deltas of several fields may be added and folded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Delta(uint oldValue, uint newValue)
    {
        var inverse = ~oldValue;
        return Fold((inverse >> 16) + (inverse & 0xFFFF) + (newValue >> 16) + (newValue & 0xFFFF));
    }

    /// <summary>Adds a delta to a complete checksum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Apply(ushort checksum, ushort delta) => (ushort)~Fold((uint)(ushort)~checksum + delta);

    private static ulong Words(UInt128 value)
    {
        ulong high = (ulong)(value >> 64), low = (ulong)value;
        return (high >> 48) + ((high >> 32) & 0xFFFF) + ((high >> 16) & 0xFFFF) + (high & 0xFFFF)
            + (low >> 48) + ((low >> 32) & 0xFFFF) + ((low >> 16) & 0xFFFF) + (low & 0xFFFF);
    }

    private static ushort FoldWide(ulong sum)
    {
        sum = (sum >> 32) + (sum & 0xFFFF_FFFF);
        sum = (sum >> 32) + (sum & 0xFFFF_FFFF);
        return Fold((uint)((sum >> 16) + (sum & 0xFFFF)));
    }

    // 32-bit words are added into 64-bit lanes, which hold four thousand million of them without a carry.
    private static ulong SumNative(ReadOnlySpan<byte> data)
    {
        ulong sum = 0;
        ref var p = ref MemoryMarshal.GetReference(data);
        nint at = 0, left = data.Length;
        if (Vector128.IsHardwareAccelerated && left >= 64)
        {
            (Vector128<ulong> a, Vector128<ulong> b) = (Vector128<ulong>.Zero, Vector128<ulong>.Zero);
            for (; left >= 32; left -= 32, at += 32)
            {
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref Unsafe.Add(ref p, at)).AsUInt32());
                var (low2, high2) = Vector128.Widen(Vector128.LoadUnsafe(ref Unsafe.Add(ref p, at + 16)).AsUInt32());
                a += low + high;
                b += low2 + high2;
            }

            sum = Vector128.Sum(a + b);
        }

        for (; left >= 4; left -= 4, at += 4)
        {
            sum += Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref p, at));
        }

        return sum + Tail(data[(int)at..]);
    }

    private static uint Tail(ReadOnlySpan<byte> rest)
    {
        Span<byte> padded = stackalloc byte[4];
        padded.Clear();
        rest.CopyTo(padded);
        return MemoryMarshal.Read<ushort>(padded) + (uint)MemoryMarshal.Read<ushort>(padded[2..]);
    }
}
