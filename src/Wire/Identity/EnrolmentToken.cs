using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace NTMobile.Wire.Identity;

/// <summary>Why a text is no enrolment token.</summary>
public enum EnrolmentTokenProblem
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It does not start like one.</summary>
    NotAToken,

    /// <summary>It starts like one, but characters are missing, added or changed.</summary>
    Mistyped,

    /// <summary>It is one of a later version of the program.</summary>
    LaterVersion,
}

/// <summary>
/// What a node needs for its enrolment, as one word that a person can copy: <c>ntm1.</c> and the base64url form (RFC 4648 §5, not
/// padded) of
/// <code>
///  0         1          17       49                                          4 bytes
///  +---------+----------+--------+-----------+------+----------+----------+----------+
///  | version | secret   | pin    | node name | zone | KMS host | KMS port | checksum |
///  +---------+----------+--------+-----------+------+----------+----------+----------+
/// </code>
/// Names and host have a length byte; the checksum is the first bytes of SHA-256 over everything before it, so that a mistyped token
/// is told from a used one.
/// </summary>
/// <param name="Secret">16 random bytes that can be used once.</param>
/// <param name="TlsPin">SHA-256 of the SubjectPublicKeyInfo of the KMS's TLS key, 32 bytes.</param>
/// <param name="NodeName">The name that the bearer will get.</param>
/// <param name="Zone">The provider's zone.</param>
/// <param name="Host">Host name of the KMS, or its address as a text.</param>
/// <param name="Port">TCP port of the KMS.</param>
public sealed record EnrolmentToken(byte[] Secret, byte[] TlsPin, string NodeName, string Zone, string Host, ushort Port)
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretSize = 16;

    /// <summary>Bytes of a pin.</summary>
    public const int PinSize = SHA256.HashSizeInBytes;

    private const string Prefix = "ntm1.";
    private const byte Version = 1;
    private const byte ByName = 0;
    private const int ChecksumSize = 4;

    /// <summary>The token as a text.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    public string Encode()
    {
        if (!IsHost(Host))
        {
            throw new ArgumentException($"{Host} is neither a host name nor an address");
        }

        var bytes = new byte[1 + SecretSize + PinSize + WireLength.Of(NodeName) + WireLength.Of(Zone) + WireLength.Of(Host) + sizeof(ushort) + ChecksumSize];
        new SpanWriter(bytes.AsSpan(0, bytes.Length - ChecksumSize))
            .Byte(Version).Bytes(Secret, SecretSize, SecretSize).Bytes(TlsPin, PinSize, PinSize).Name(NodeName).Name(Zone)
            .Byte((byte)Host.Length).Bytes(Encoding.ASCII.GetBytes(Host)).UInt16(Port).End();
        Checksum(bytes.AsSpan(0, bytes.Length - ChecksumSize)).CopyTo(bytes.AsSpan(bytes.Length - ChecksumSize));
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token as a person typed or pasted it; blanks around it do not matter.</summary>
    /// <param name="text">The text.</param>
    /// <param name="token">The token.</param>
    /// <param name="problem">Why it is none.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EnrolmentToken? token, out EnrolmentTokenProblem problem)
    {
        token = null;
        text = text?.Trim() ?? string.Empty;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            problem = EnrolmentTokenProblem.NotAToken;
            return false;
        }

        var bytes = Decode(text.AsSpan(Prefix.Length));
        problem = bytes is null || !TryRead(bytes, out token, out var later)
            ? EnrolmentTokenProblem.Mistyped
            : later ? EnrolmentTokenProblem.LaterVersion : EnrolmentTokenProblem.None;
        return token is not null;
    }

    // Null when it is not base64url, or not its only form: the unused bits of the last character must be zero.
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var length) == OperationStatus.Done
            && length > 1 + ChecksumSize
            && text.SequenceEqual(Base64Url.EncodeToString(bytes.AsSpan(0, length)))
            && Checksum(bytes.AsSpan(0, length - ChecksumSize)).SequenceEqual(bytes.AsSpan(length - ChecksumSize, ChecksumSize))
            ? bytes[..(length - ChecksumSize)] : null;
    }

    // The bytes have their checksum, so they are what somebody made.
    private static bool TryRead(ReadOnlySpan<byte> bytes, out EnrolmentToken? token, out bool later)
    {
        token = null;
        later = bytes[0] > Version;
        if (later)
        {
            return true;
        }

        var next = new SpanReader(bytes).Byte(out _, Version, Version).Array(SecretSize, out var secret).Array(PinSize, out var pin)
            .Name(out var node).Name(out var zone).Byte(out var length).Bytes(length, out var ascii).UInt16(out var port);
        var host = Encoding.ASCII.GetString(ascii);
        if (!next.AtEnd || !IsHost(host))
        {
            return false;
        }

        token = new EnrolmentToken(secret, pin, node, zone, host, port);
        return true;
    }

    private static bool IsHost(string host) => host.Length <= HostName.MaxLength && (HostName.IsNormal(host) || IPAddress.TryParse(host, out _));

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(0, ChecksumSize);
}
