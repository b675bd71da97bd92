using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NTMobile.Wire.Identity;

/// <summary>All that a member is given by its group: the certificate, and the group's key sealed so that only the member can read it. The
/// KMS role stores and hands out these bytes and can neither read nor change them (protocol.md §3).</summary>
/// <remarks>
/// <code>
///  0         1          2                34       35
///  +---------+----------+----------------+--------+------------+------------+-------------+-----------------+----------------+
///  | version | priority | group key (32) | length | group name | length (2) | certificate | sealed key (80) | signature (64) |
///  +---------+----------+----------------+--------+------------+------------+-------------+-----------------+----------------+
///  version 1; group name UTF-8, 1–64 bytes; certificate: a <see cref="MemberCertificate"/>
///  sealed key: ephemeral X25519 key 32, group's pre-shared key enciphered 32, tag 16
///  signature by the group's key over "NTM1 package" ‖ all before it
/// </code>
/// </remarks>
/// <param name="Priority">Of two common groups the one with the lower number is used; the same for all members.</param>
/// <param name="GroupKey">The group's Ed25519 key, 32 bytes.</param>
/// <param name="GroupName">For people.</param>
/// <param name="Certificate">A <see cref="MemberCertificate"/>; not checked here.</param>
/// <param name="SealedKey">80 bytes.</param>
/// <param name="Signature">64 bytes; not checked here.</param>
public sealed record GroupPackage(byte Priority, byte[] GroupKey, string GroupName, byte[] Certificate, byte[] SealedKey, byte[] Signature)
{
    /// <summary>Bytes of the group's public key.</summary>
    public const int KeySize = 32;

    /// <summary>Most bytes of a group's name in UTF-8.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>Bytes of the sealed key.</summary>
    public const int SealedKeySize = 32 + 32 + 16;

    /// <summary>Bytes of the signature.</summary>
    public const int SignatureSize = 64;

    private const byte Version = 1;
    private const int MaxCertificate = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>What is signed together with the bytes before the signature.</summary>
    public static ReadOnlySpan<byte> SigningDomain => "NTM1 package"u8;

    /// <summary>Bytes that it takes.</summary>
    public int Length => 1 + 1 + KeySize + 1 + StrictUtf8.GetByteCount(GroupName) + 2 + Certificate.Length + SealedKeySize + SignatureSize;

    /// <summary>Reads a package, whose signature is yet to be checked.</summary>
    /// <returns>False if it is too short, too long, of another version, or a field is out of its range.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, [MaybeNullWhen(false)] out GroupPackage package)
    {
        var reader = new SpanReader(source).Byte(out _, Version, Version).Byte(out var priority).Array(KeySize, out var groupKey)
            .Byte(out var nameLength, 1, MaxNameBytes).Bytes(nameLength, out var nameBytes);
        var good = reader.LongBytes(out var certificate, 1, MaxCertificate).Array(SealedKeySize, out var sealedKey)
            .Array(SignatureSize, out var signature).AtEnd && System.Text.Unicode.Utf8.IsValid(nameBytes);
        package = good ? new GroupPackage(priority, groupKey, StrictUtf8.GetString(nameBytes), certificate, sealedKey, signature) : null;
        return good;
    }

    /// <summary>Writes it to a buffer of exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    public void Write(Span<byte> destination)
    {
        var name = StrictUtf8.GetBytes(GroupName);
        new SpanWriter(destination).Byte(Version).Byte(Priority).Bytes(GroupKey, KeySize, KeySize)
            .Byte((byte)name.Length, 1, MaxNameBytes).Bytes(name, 1, MaxNameBytes).LongBytes(Certificate, 1, MaxCertificate)
            .Bytes(SealedKey, SealedKeySize, SealedKeySize).Bytes(Signature, SignatureSize, SignatureSize).End();
    }
}
