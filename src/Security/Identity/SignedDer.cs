using System.Buffers.Binary;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Identity;

/// <summary>The outer form which certificates and certificate requests share, for Ed25519 only (RFC 5280 §4.1, RFC 2986 §4.2,
/// RFC 8410): cut apart without a parser, so that the signature is checked before anything inside is looked at.</summary>
/// <remarks><code>
///  +--------------------------+--------------------------+-----------------------+-----------------------+----------------+
///  | 30 82 length (2)         | what is signed: SEQUENCE | 30 05 06 03 2B 65 70  | 03 41 00              | signature (64) |
///  +--------------------------+--------------------------+-----------------------+-----------------------+----------------+
///    or 30 81 length (1)        DER                        Ed25519, 1.3.101.112    BIT STRING, no unused
/// </code></remarks>
internal static class SignedDer
{
    private const byte Sequence = 0x30;
    private const byte OneByteLength = 0x81;
    private const byte TwoByteLength = 0x82;

    private static ReadOnlySpan<byte> BeforeSignature => [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x41, 0x00];

    /// <summary>Signs <paramref name="content"/> and wraps both.</summary>
    public static byte[] Sign(Ed25519KeyPair key, ReadOnlySpan<byte> content)
    {
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        key.Sign(content, signature);
        int length = content.Length + BeforeSignature.Length + signature.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ushort.MaxValue, nameof(content));
        ReadOnlySpan<byte> header = length <= byte.MaxValue
            ? [Sequence, OneByteLength, (byte)length]
            : [Sequence, TwoByteLength, (byte)(length >> 8), (byte)length];
        return [.. header, .. content, .. BeforeSignature, .. signature];
    }

    /// <summary>Cuts apart. False when it has not exactly this form.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> der, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> signature)
    {
        content = signature = default;
        int tail = BeforeSignature.Length + Ed25519.SignatureSize;
        if (!TryReadHeader(der, out int headerSize) || der.Length < headerSize + tail)
        {
            return false;
        }

        content = der[headerSize..^tail];
        signature = der[^Ed25519.SignatureSize..];
        return der[^tail..].StartsWith(BeforeSignature);
    }

    /// <summary>The length must be that of the rest, written in the shortest form, as DER asks.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> der, out int size)
    {
        size = 0;
        if (der is [Sequence, OneByteLength, >= 0x80, ..])
        {
            size = 3;
            return der[2] == der.Length - size;
        }

        if (der is [Sequence, TwoByteLength, > 0, _, ..])
        {
            size = 4;
            return BinaryPrimitives.ReadUInt16BigEndian(der[2..]) == der.Length - size;
        }

        return false;
    }
}
