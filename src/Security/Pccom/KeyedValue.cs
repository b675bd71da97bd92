using System.Runtime.Intrinsics;
using NTMobile.Packets;
using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Pccom;

/// <summary>
/// The keyed 16 bits that a checksum carries: a pseudo-random function of fields and ciphertext. There is no nonce that it could hang on, so a
/// universal hash is not enough: its result is enciphered.
/// <code>value = one's complement sum of AES-256(k, POLYVAL(h, fields' length 64 ‖ ciphertext's length 64 ‖ fields ‖ 0… ‖ ciphertext ‖ 0…))</code>
/// The sum of 16 bytes is their number modulo 0xFFFF, and 2¹²⁸ ≡ 1: all values are equally likely (one is so by 2⁻¹²⁸ more). Lengths are
/// little-endian, in bytes.
/// </summary>
internal sealed unsafe class KeyedValue : IDisposable
{
    /// <summary>Bytes of the keys: AES-256's, then POLYVAL's.</summary>
    public const int KeySize = AesBlocks.KeySize + Polyval.BlockSize;

    private readonly AesBlocks _aes;
    private readonly Polyval _hash;

    /// <param name="keys"><see cref="KeySize"/> bytes; they are copied.</param>
    /// <param name="portable">Without the processor's instructions.</param>
    public KeyedValue(ReadOnlySpan<byte> keys, bool portable)
    {
        _aes = AesBlocks.Create(keys[..AesBlocks.KeySize], portable);
        _hash = Polyval.Create(Vector128.Create(keys[AesBlocks.KeySize..]), portable);
    }

    /// <summary>Bytes that the lengths take in front of the fields.</summary>
    public const int LengthsSize = Polyval.BlockSize;

    /// <summary>The value for these fields and this ciphertext.</summary>
    /// <param name="room"><see cref="LengthsSize"/> bytes for the lengths, the fields, and zeros at least up to the end of a block.</param>
    /// <param name="fieldsLength">Bytes of the fields.</param>
    /// <param name="ciphertext">The ciphertext.</param>
    /// <returns>A number modulo 0xFFFF, in which 0xFFFF may stand for zero.</returns>
    public ushort Of(Span<byte> room, int fieldsLength, ReadOnlySpan<byte> ciphertext)
    {
        var head = room[..((LengthsSize + fieldsLength + Polyval.BlockSize - 1) / Polyval.BlockSize * Polyval.BlockSize)];
        Vector128.Create((ulong)fieldsLength, (ulong)ciphertext.Length).AsByte().CopyTo(head);
        var value = _aes.Encrypt(_hash.Add(_hash.Add(default, head, 0), ciphertext, 0));
        return Checksum.Sum(new ReadOnlySpan<byte>(&value, AesBlocks.BlockSize));
    }

    public void Dispose()
    {
        _aes.Dispose();
        _hash.Dispose();
    }
}
