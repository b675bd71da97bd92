using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Noise;

/// <summary>Chaining key, handshake hash and cipher key of a handshake (Noise specification rev 34, §5.1 and §5.2).</summary>
internal sealed class SymmetricState : IDisposable
{
    private const int Size = 32;

    private readonly byte[] _memory = GC.AllocateArray<byte>(3 * Size, pinned: true); // chaining key, hash, cipher key
    private bool _hasKey;
    private ulong _nonce;

    private SymmetricState()
    {
    }

    /// <summary>ck.</summary>
    public Span<byte> ChainingKey => _memory.AsSpan(0, Size);

    /// <summary>h.</summary>
    public Span<byte> Hash => _memory.AsSpan(Size, Size);

    /// <summary>Bytes that <see cref="EncryptAndHash"/> adds now.</summary>
    public int Overhead => _hasKey ? ChaChaPoly.TagSize : 0;

    private Span<byte> Key => _memory.AsSpan(2 * Size, Size);

    public static SymmetricState Initialize(string protocolName)
    {
        var state = new SymmetricState();
        byte[] name = Encoding.ASCII.GetBytes(protocolName);
        if (name.Length <= Size)
        {
            name.CopyTo(state.Hash);
        }
        else
        {
            SHA256.HashData(name, state.Hash);
        }

        state.Hash.CopyTo(state.ChainingKey);
        return state;
    }

    public SymmetricState Clone()
    {
        var copy = new SymmetricState { _hasKey = _hasKey, _nonce = _nonce };
        _memory.CopyTo(copy._memory, 0);
        return copy;
    }

    public void MixHash(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash);
        hash.AppendData(data);
        hash.GetHashAndReset(Hash);
    }

    public void MixKey(ReadOnlySpan<byte> material)
    {
        Span<byte> output = stackalloc byte[2 * Size];
        Derive(material, output);
        output[..Size].CopyTo(ChainingKey);
        SetKey(output[Size..]);
        CryptographicOperations.ZeroMemory(output);
    }

    public void MixKeyAndHash(ReadOnlySpan<byte> material)
    {
        Span<byte> output = stackalloc byte[3 * Size];
        Derive(material, output);
        output[..Size].CopyTo(ChainingKey);
        MixHash(output.Slice(Size, Size));
        SetKey(output[(2 * Size)..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>Writes <paramref name="plaintext"/>, sealed once there is a key, and returns the bytes written.</summary>
    public int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> output = destination[..(plaintext.Length + Overhead)];
        if (_hasKey)
        {
            Span<byte> nonce = stackalloc byte[ChaChaPoly.NonceSize];
            ChaChaPoly.Seal(Key, NextNonce(nonce), Hash, plaintext, output);
        }
        else
        {
            plaintext.CopyTo(output);
        }

        MixHash(output);
        return output.Length;
    }

    /// <summary>Opens <paramref name="input"/> into <paramref name="plaintext"/>, which has exactly <see cref="Overhead"/> bytes less.</summary>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        if (_hasKey)
        {
            Span<byte> nonce = stackalloc byte[ChaChaPoly.NonceSize];
            if (!ChaChaPoly.TryOpen(Key, NextNonce(nonce), Hash, input, plaintext))
            {
                return false;
            }
        }
        else
        {
            input.CopyTo(plaintext);
        }

        MixHash(input);
        return true;
    }

    /// <summary>The two transport keys: initiator to responder, responder to initiator.</summary>
    public void Split(Span<byte> first, Span<byte> second)
    {
        Span<byte> output = stackalloc byte[2 * Size];
        Derive([], output);
        output[..Size].CopyTo(first);
        output[Size..].CopyTo(second);
        CryptographicOperations.ZeroMemory(output);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_memory);

    // Noise's HKDF (§4.3). HKDF.DeriveKey would give the same bytes, but OpenSSL 3.0 refuses the empty material of Split.
    private void Derive(ReadOnlySpan<byte> material, Span<byte> output)
    {
        Span<byte> temporary = stackalloc byte[Size];
        Span<byte> input = stackalloc byte[Size + 1]; // the output before, and its number
        HMACSHA256.HashData(ChainingKey, material, temporary);
        for (int number = 1; (number - 1) * Size < output.Length; number++)
        {
            input[Size] = (byte)number;
            Span<byte> made = output.Slice((number - 1) * Size, Size);
            HMACSHA256.HashData(temporary, number == 1 ? input[Size..] : input, made);
            made.CopyTo(input);
        }

        CryptographicOperations.ZeroMemory(temporary);
        CryptographicOperations.ZeroMemory(input);
    }

    private void SetKey(ReadOnlySpan<byte> key)
    {
        key.CopyTo(Key);
        _hasKey = true;
        _nonce = 0;
    }

    // ChaChaPoly's nonce is 32 zero bits and the little-endian counter (§12.3).
    private ReadOnlySpan<byte> NextNonce(Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], _nonce++);
        return nonce;
    }
}
