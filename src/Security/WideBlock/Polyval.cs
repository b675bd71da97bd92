using System.Runtime.Intrinsics;

namespace NTMobile.Security.WideBlock;

/// <summary>POLYVAL (RFC 8452 §3) under one key: a universal hash over GF(2¹²⁸), to be enciphered before anybody sees it. Several threads may
/// use one at once; nothing is allocated.</summary>
internal abstract unsafe class Polyval : IDisposable
{
    /// <summary>Bytes of a key, of a block and of the result.</summary>
    public const int BlockSize = 16;

    /// <summary>The fastest that this processor has.</summary>
    /// <param name="key">The key; it is copied.</param>
    /// <param name="portable">Without the processor's carry-less multiplication.</param>
    public static Polyval Create(Vector128<byte> key, bool portable = false) =>
        portable ? new Polyval<PortableCarryless>(key)
        : X86Carryless.IsSupported ? new Polyval<X86Carryless>(key)
        : ArmCarryless.IsSupported ? new Polyval<ArmCarryless>(key)
        : new Polyval<PortableCarryless>(key);

    /// <summary>Adds whole blocks to a hash; the hash of nothing is zero.</summary>
    public abstract Vector128<byte> Add(Vector128<byte> hash, byte* blocks, int count);

    /// <summary>Adds one block.</summary>
    public Vector128<byte> Add(Vector128<byte> hash, Vector128<byte> block) => Add(hash, (byte*)&block, 1);

    /// <summary>Adds bytes. Where they do not end with a whole block, one more byte is added, and zeros up to its end.</summary>
    /// <param name="hash">What was hashed before.</param>
    /// <param name="data">Any number of bytes.</param>
    /// <param name="mark">The byte behind an end that is no block's.</param>
    public Vector128<byte> Add(Vector128<byte> hash, ReadOnlySpan<byte> data, byte mark)
    {
        var (whole, rest) = Math.DivRem(data.Length, BlockSize);
        fixed (byte* start = data)
        {
            hash = Add(hash, start, whole);
        }

        if (rest == 0)
        {
            return hash;
        }

        var last = Vector128<byte>.Zero;
        var padded = new Span<byte>(&last, BlockSize);
        data[^rest..].CopyTo(padded);
        padded[rest] = mark;
        return Add(hash, last);
    }

    public abstract void Dispose();
}
