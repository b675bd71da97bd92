using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.WideBlock;

/// <summary>AES-256 by the processor's instructions, which take the same time whatever the key and the text are.</summary>
internal sealed unsafe class AesInstructions<T> : AesBlocks
    where T : struct, IAesRounds
{
    private const int Rounds = 14;
    private const int Lanes = 8; // blocks at once: a round takes several cycles, and the next block need not wait for it
    private const int Stride = Lanes * BlockSize;
    private const int KeyWords = KeySize / 4;

    private readonly KeyMemory _keys = new((Rounds + 1) * BlockSize);

    public AesInstructions(ReadOnlySpan<byte> key)
    {
        Require.Length(key, KeySize);
        key.CopyTo(new Span<byte>(_keys.Pointer, KeySize));
        Expand((uint*)_keys.Pointer);
    }

    public override Vector128<byte> Encrypt(Vector128<byte> block)
    {
        var keys = (Vector128<byte>*)_keys.Pointer;
        block ^= keys[0];
        for (var i = 1; i < Rounds; i++)
        {
            block = T.Round(block, keys[i]);
        }

        block = T.LastRound(block, keys[Rounds]);
        GC.KeepAlive(_keys);
        return block;
    }

    public override Vector128<byte> Decrypt(Vector128<byte> block)
    {
        var keys = (Vector128<byte>*)_keys.Pointer;
        block ^= keys[Rounds];
        for (var i = Rounds - 1; i > 0; i--)
        {
            block = T.InverseRound(block, T.InverseMixColumns(keys[i]));
        }

        block = T.InverseLastRound(block, keys[0]);
        GC.KeepAlive(_keys);
        return block;
    }

    public override void XorKeyStream(Vector128<byte> nonce, Span<byte> text)
    {
        var keys = (Vector128<byte>*)_keys.Pointer;
        var number = 1UL;
        fixed (byte* start = text)
        {
            var at = start;
            var left = text.Length;
            for (; left >= Stride; left -= Stride, at += Stride, number += Lanes)
            {
                XorLanes(keys, nonce, number, at);
            }

            if (left > 0)
            {
                var whole = stackalloc byte[Stride];
                Unsafe.CopyBlockUnaligned(whole, at, (uint)left);
                XorLanes(keys, nonce, number, whole);
                Unsafe.CopyBlockUnaligned(at, whole, (uint)left);
            }
        }

        GC.KeepAlive(_keys);
    }

    public override void Dispose() => _keys.Dispose();

    private static void XorLanes(Vector128<byte>* keys, Vector128<byte> nonce, ulong number, byte* text)
    {
        var start = nonce ^ keys[0];
        var first = Vector128.Create(number, 0);
        Vector128<byte> b0 = start ^ Number(first, 0), b1 = start ^ Number(first, 1), b2 = start ^ Number(first, 2), b3 = start ^ Number(first, 3),
            b4 = start ^ Number(first, 4), b5 = start ^ Number(first, 5), b6 = start ^ Number(first, 6), b7 = start ^ Number(first, 7);
        var last = keys + Rounds;
        for (keys++; keys < last; keys++)
        {
            var key = *keys;
            b0 = T.Round(b0, key);
            b1 = T.Round(b1, key);
            b2 = T.Round(b2, key);
            b3 = T.Round(b3, key);
            b4 = T.Round(b4, key);
            b5 = T.Round(b5, key);
            b6 = T.Round(b6, key);
            b7 = T.Round(b7, key);
        }

        Xor(text, T.LastRound(b0, *last));
        Xor(text + BlockSize, T.LastRound(b1, *last));
        Xor(text + (2 * BlockSize), T.LastRound(b2, *last));
        Xor(text + (3 * BlockSize), T.LastRound(b3, *last));
        Xor(text + (4 * BlockSize), T.LastRound(b4, *last));
        Xor(text + (5 * BlockSize), T.LastRound(b5, *last));
        Xor(text + (6 * BlockSize), T.LastRound(b6, *last));
        Xor(text + (7 * BlockSize), T.LastRound(b7, *last));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Number(Vector128<ulong> first, ulong more) => (first + Vector128.Create(more, 0)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Xor(byte* text, Vector128<byte> stream) => (Vector128.Load(text) ^ stream).Store(text);

    // FIPS 197 §5.2, with words as a little-endian machine reads them: RotWord is then a rotation to the right.
    private static void Expand(uint* words)
    {
        for (var i = KeyWords; i < (Rounds + 1) * BlockSize / 4; i++)
        {
            var word = words[i - 1];
            word = (i % KeyWords) switch
            {
                0 => SubWord(BitOperations.RotateRight(word, 8)) ^ (1U << ((i / KeyWords) - 1)),
                4 => SubWord(word),
                _ => word,
            };
            words[i] = words[i - KeyWords] ^ word;
        }
    }

    // ShiftRows changes nothing where all columns are equal.
    private static uint SubWord(uint word) => T.LastRound(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
