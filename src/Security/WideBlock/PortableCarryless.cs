using System.Runtime.Intrinsics;

namespace NTMobile.Security.WideBlock;

/// <summary>
/// By ordinary multiplication, in constant time: no table and no branch. Of each factor only every fourth bit is multiplied at a time. Then at
/// most eight ones meet in one place of the product, the carries stay within the three places above it, and those are masked out.
/// </summary>
internal readonly struct PortableCarryless : ICarrylessMultiplication
{
    private const ulong Every4 = 0x1111_1111_1111_1111;

    public static bool IsSupported => true;

    public static Vector128<ulong> Low(Vector128<ulong> left, Vector128<ulong> right) => Multiply(left.GetElement(0), right.GetElement(0));

    public static Vector128<ulong> High(Vector128<ulong> left, Vector128<ulong> right) => Multiply(left.GetElement(1), right.GetElement(1));

    // Karatsuba: three products of 32 bits instead of four.
    private static Vector128<ulong> Multiply(ulong left, ulong right)
    {
        var low = Multiply32((uint)left, (uint)right);
        var high = Multiply32(left >> 32, right >> 32);
        var middle = Multiply32((uint)(left ^ (left >> 32)), (uint)(right ^ (right >> 32))) ^ low ^ high;
        return Vector128.Create(low ^ (middle << 32), high ^ (middle >> 32));
    }

    // Both below 2³², so that the ordinary product has 64 bits.
    private static ulong Multiply32(ulong a, ulong b)
    {
        ulong a0 = a & Every4, a1 = a & (Every4 << 1), a2 = a & (Every4 << 2), a3 = a & (Every4 << 3);
        ulong b0 = b & Every4, b1 = b & (Every4 << 1), b2 = b & (Every4 << 2), b3 = b & (Every4 << 3);
        var c0 = (a0 * b0) ^ (a1 * b3) ^ (a2 * b2) ^ (a3 * b1);
        var c1 = (a0 * b1) ^ (a1 * b0) ^ (a2 * b3) ^ (a3 * b2);
        var c2 = (a0 * b2) ^ (a1 * b1) ^ (a2 * b0) ^ (a3 * b3);
        var c3 = (a0 * b3) ^ (a1 * b2) ^ (a2 * b1) ^ (a3 * b0);
        return (c0 & Every4) | (c1 & (Every4 << 1)) | (c2 & (Every4 << 2)) | (c3 & (Every4 << 3));
    }
}
