using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.WideBlock;

/// <summary>AES-256 by .NET's library, for processors without AES instructions: libcrypto then computes it without look-ups by secrets.
/// Calls take turns, since the library's contexts serve one at a time.</summary>
internal sealed class AesLibrary : AesBlocks
{
    private const int Stride = 1024; // bytes of key stream at once

    private readonly Lock _lock = new();
    private readonly ICryptoTransform _encryptor;
    private readonly ICryptoTransform _decryptor;
    private readonly byte[] _input = new byte[Stride];
    private readonly byte[] _output = GC.AllocateArray<byte>(Stride, pinned: true); // key stream: not to be copied about by the collector

    public AesLibrary(ReadOnlySpan<byte> key)
    {
        Require.Length(key, KeySize);
        using var aes = Aes.Create();
        (aes.Mode, aes.Padding) = (CipherMode.ECB, PaddingMode.None);
        var copy = GC.AllocateArray<byte>(KeySize, pinned: true);
        key.CopyTo(copy);
        (_encryptor, _decryptor) = (aes.CreateEncryptor(copy, null), aes.CreateDecryptor(copy, null));
        CryptographicOperations.ZeroMemory(copy);
    }

    public override Vector128<byte> Encrypt(Vector128<byte> block) => Transform(_encryptor, block);

    public override Vector128<byte> Decrypt(Vector128<byte> block) => Transform(_decryptor, block);

    public override void XorKeyStream(Vector128<byte> nonce, Span<byte> text)
    {
        lock (_lock)
        {
            for (var number = 1UL; !text.IsEmpty; number += Stride / BlockSize)
            {
                var part = text[..Math.Min(Stride, text.Length)];
                Produce(nonce, number, (part.Length + BlockSize - 1) / BlockSize);
                Xor(part, _output);
                text = text[part.Length..];
            }
        }
    }

    public override void Dispose()
    {
        _encryptor.Dispose();
        _decryptor.Dispose();
        CryptographicOperations.ZeroMemory(_output);
    }

    private void Produce(Vector128<byte> nonce, ulong number, int blocks)
    {
        for (var i = 0; i < blocks; i++)
        {
            (nonce ^ Vector128.Create(number + (ulong)i, 0).AsByte()).CopyTo(_input, i * BlockSize);
        }

        _encryptor.TransformBlock(_input, 0, blocks * BlockSize, _output, 0);
    }

    private Vector128<byte> Transform(ICryptoTransform transform, Vector128<byte> block)
    {
        lock (_lock)
        {
            block.CopyTo(_input);
            transform.TransformBlock(_input, 0, BlockSize, _output, 0);
            return Vector128.Create(_output);
        }
    }

    private static void Xor(Span<byte> text, ReadOnlySpan<byte> stream)
    {
        var at = 0;
        for (; at <= text.Length - BlockSize; at += BlockSize)
        {
            (Vector128.Create<byte>(text[at..]) ^ Vector128.Create(stream[at..])).CopyTo(text[at..]);
        }

        for (; at < text.Length; at++)
        {
            text[at] ^= stream[at];
        }
    }
}
