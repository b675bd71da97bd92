using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NTMobile.Security.Session;

namespace NTMobile.Security.WideBlock;

/// <summary>
/// POLYVAL by one way of multiplying. The field's modulus is x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1, and POLYVAL's product of a and b is a·b·x⁻¹²⁸.
/// Eight blocks at a time are multiplied by the key's powers 8 to 1 and added up; only the sum is reduced.
/// </summary>
internal sealed unsafe class Polyval<T> : Polyval
    where T : struct, ICarrylessMultiplication
{
    private const int Powers = 8;

    // x⁶⁴·a ≡ what remains of the modulus above x⁶⁴: x⁶³ + x⁶² + x⁵⁷, each of them to be multiplied by a and divided by x⁶⁴.
    private const ulong Modulus = 0xC200_0000_0000_0000;

    private readonly KeyMemory _powers = new(Powers * 2 * BlockSize); // key¹, the sum of its halves, key², …

    public Polyval(Vector128<byte> key)
    {
        var table = (Vector128<ulong>*)_powers.Pointer;
        (table[0], table[1]) = (key.AsUInt64(), Halves(key.AsUInt64()));
        for (var i = 1; i < Powers; i++)
        {
            table[2 * i] = Fold(table, Vector128<ulong>.Zero, (byte*)&table[2 * (i - 1)], 1);
            table[(2 * i) + 1] = Halves(table[2 * i]);
        }
    }

    public override Vector128<byte> Add(Vector128<byte> hash, byte* blocks, int count)
    {
        var table = (Vector128<ulong>*)_powers.Pointer;
        var sum = hash.AsUInt64();
        for (; count > 0; count -= Powers, blocks += Powers * BlockSize)
        {
            sum = Fold(table, sum, blocks, Math.Min(count, Powers));
        }

        GC.KeepAlive(_powers);
        return sum.AsByte();
    }

    public override void Dispose() => _powers.Dispose();

    // From the last block to the first, since that one waits for the hash of what came before. Inlined, so that the hash stays in a register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Fold(Vector128<ulong>* power, Vector128<ulong> hash, byte* blocks, int count)
    {
        Vector128<ulong> low = default, middle = default, high = default;
        for (var at = blocks + ((count - 1) * BlockSize); at > blocks; at -= BlockSize, power += 2)
        {
            var block = Vector128.Load((ulong*)at);
            low ^= T.Low(block, power[0]);
            middle ^= T.Low(Halves(block), power[1]);
            high ^= T.High(block, power[0]);
        }

        var first = Vector128.Load((ulong*)blocks) ^ hash;
        low ^= T.Low(first, power[0]);
        middle ^= T.Low(Halves(first), power[1]);
        high ^= T.High(first, power[0]);
        return Reduce(low, middle ^ low ^ high, high);
    }

    // (low + middle·x⁶⁴ + high·x¹²⁸)·x⁻¹²⁸: twice a division by x⁶⁴, before which a multiple of the modulus clears the lower half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        var modulus = Vector128.CreateScalar(Modulus);
        middle ^= Swap(low) ^ T.Low(low, modulus);
        return high ^ Swap(middle) ^ T.Low(middle, modulus);
    }

    // Karatsuba: the products of low by high halves follow from the product of the sums of both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Halves(Vector128<ulong> value) => value ^ Swap(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Swap(Vector128<ulong> value) => Vector128.Shuffle(value, Vector128.Create(1UL, 0UL));
}
