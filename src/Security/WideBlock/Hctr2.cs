using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.WideBlock;

/// <summary>
/// HCTR2 with AES-256 (Crowley, Huckleberry, Biggers: "Length-preserving encryption with HCTR2", IACR ePrint 2021/1441): a tweakable cipher
/// whose block is the whole message. Each byte of the result hangs on each byte of the message, the tweak and the key; equal messages under equal
/// tweaks give equal results. It authenticates nothing by itself. Several threads may use one at once; nothing is allocated.
/// </summary>
/// <remarks><code>
/// h = E(0)   L = E(1)   H(M) = POLYVAL(h, [2·|T| + 2, or + 3 if M ends within a block] ‖ T ‖ 0… ‖ M (‖ 1 ‖ 0… if + 3))
/// M ‖ N = message       MM = M ⊕ H(N)   UU = E(MM)   V = N ⊕ XCTR(MM ⊕ UU ⊕ L)   U = UU ⊕ H(V)       result = U ‖ V
/// </code>M is one block, |T| the tweak's length in bits; numbers are little-endian.</remarks>
internal sealed unsafe class Hctr2 : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = AesBlocks.KeySize;

    /// <summary>Bytes of the shortest message.</summary>
    public const int MinimumLength = AesBlocks.BlockSize;

    private const byte Mark = 1;
    private const int ShortTweak = 64; // bytes, whole blocks

    private readonly AesBlocks _aes;
    private readonly Polyval _hash;
    private readonly KeyMemory _mask = new(AesBlocks.BlockSize); // L

    /// <summary>Makes the cipher of a key.</summary>
    /// <param name="key">32 bytes; they are copied.</param>
    /// <param name="portable">Without the processor's instructions.</param>
    public Hctr2(ReadOnlySpan<byte> key, bool portable = false)
    {
        _aes = AesBlocks.Create(key, portable);
        _hash = Polyval.Create(_aes.Encrypt(Vector128<byte>.Zero), portable);
        _aes.Encrypt(Vector128.CreateScalar((byte)1)).Store(_mask.Pointer);
    }

    /// <summary>Enciphers in place.</summary>
    /// <param name="tweak">Any bytes, the same as for deciphering.</param>
    /// <param name="message">At least <see cref="MinimumLength"/> bytes.</param>
    public void Encrypt(ReadOnlySpan<byte> tweak, Span<byte> message)
    {
        Require.AtLeast(message, MinimumLength);
        var rest = message[MinimumLength..];
        var start = HashOf(tweak, rest.Length);
        var mm = Vector128.Create<byte>(message) ^ _hash.Add(start, rest, Mark);
        var uu = _aes.Encrypt(mm);
        _aes.XorKeyStream(mm ^ uu ^ Mask(), rest);
        (uu ^ _hash.Add(start, rest, Mark)).CopyTo(message);
    }

    /// <summary>Deciphers in place what <see cref="Encrypt"/> made with the same tweak.</summary>
    public void Decrypt(ReadOnlySpan<byte> tweak, Span<byte> message)
    {
        Require.AtLeast(message, MinimumLength);
        var rest = message[MinimumLength..];
        var start = HashOf(tweak, rest.Length);
        var uu = Vector128.Create<byte>(message) ^ _hash.Add(start, rest, Mark);
        var mm = _aes.Decrypt(uu);
        _aes.XorKeyStream(mm ^ uu ^ Mask(), rest);
        (mm ^ _hash.Add(start, rest, Mark)).CopyTo(message);
    }

    public void Dispose()
    {
        _aes.Dispose();
        _hash.Dispose();
        _mask.Dispose();
    }

    // What both hashes of a message begin with. A short tweak is put behind its length, so that both are reduced at once.
    private Vector128<byte> HashOf(ReadOnlySpan<byte> tweak, int restLength)
    {
        var bits = (ulong)tweak.Length * 8;
        var number = (2 * bits) + (restLength % Polyval.BlockSize == 0 ? 2UL : 3UL);
        if (tweak.Length > ShortTweak)
        {
            return _hash.Add(_hash.Add(default, Vector128.Create(number, 0).AsByte()), tweak, 0);
        }

        Span<byte> start = stackalloc byte[Polyval.BlockSize + ShortTweak];
        BinaryPrimitives.WriteUInt64LittleEndian(start, number);
        tweak.CopyTo(start[Polyval.BlockSize..]);
        return _hash.Add(default, start[..(Polyval.BlockSize * (1 + ((tweak.Length + Polyval.BlockSize - 1) / Polyval.BlockSize)))], 0);
    }

    private Vector128<byte> Mask()
    {
        var mask = Vector128.Load(_mask.Pointer);
        GC.KeepAlive(_mask);
        return mask;
    }
}
