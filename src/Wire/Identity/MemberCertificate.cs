using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Identity;

/// <summary>What a member is to its group. The values stand on the wire.</summary>
public enum MemberRole : byte
{
    /// <summary>A single host that is itself the node.</summary>
    Host = 1,

    /// <summary>A router, and with it the devices behind it.</summary>
    Router = 2,
}

/// <summary>A group's word that a node is its member (protocol.md §3).</summary>
/// <remarks>
/// <code>
///  0         1               17          21              29     30                    62
///  +---------+---------------+-----------+---------------+------+---------------------+-----------+----------------+
///  | version | group id (16) | epoch (4) | not after (8) | role | member's key (32)   | node name | signature (64) |
///  +---------+---------------+-----------+---------------+------+---------------------+-----------+----------------+
///  version 1; not after in Unix seconds; signature by the group's key over "NTM1 member" ‖ all before it
/// </code>
/// </remarks>
/// <param name="GroupId">First 16 bytes of SHA-256 of the group's Ed25519 key.</param>
/// <param name="Epoch">The group's epoch: raised when a member is put out.</param>
/// <param name="NotAfter">Last second in which it is good, Unix time.</param>
/// <param name="Role">What the member is.</param>
/// <param name="MemberKey">The member's Ed25519 identity key, 32 bytes.</param>
/// <param name="Node">The member's full name.</param>
/// <param name="Signature">64 bytes; not checked here.</param>
public sealed record MemberCertificate(
    byte[] GroupId, uint Epoch, ulong NotAfter, MemberRole Role, byte[] MemberKey, string Node, byte[] Signature)
{
    /// <summary>Bytes of a group id.</summary>
    public const int GroupIdSize = 16;

    /// <summary>Bytes of the member's key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of the signature.</summary>
    public const int SignatureSize = 64;

    private const byte Version = 1;

    /// <summary>What is signed together with the bytes before the signature.</summary>
    public static ReadOnlySpan<byte> SigningDomain => "NTM1 member"u8;

    /// <summary>Bytes that it takes.</summary>
    public int Length => 1 + GroupIdSize + 4 + 8 + 1 + KeySize + WireLength.Of(Node) + SignatureSize;

    /// <summary>Reads a certificate, whose signature is yet to be checked.</summary>
    /// <returns>False if it is too short, too long, of another version, or a field is out of its range.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, [MaybeNullWhen(false)] out MemberCertificate certificate)
    {
        var good = new SpanReader(source).Byte(out _, Version, Version).Array(GroupIdSize, out var groupId).UInt32(out var epoch)
            .UInt64(out var notAfter).Enum<MemberRole>(out var role).Array(KeySize, out var memberKey).Name(out var node)
            .Array(SignatureSize, out var signature).AtEnd;
        certificate = good ? new MemberCertificate(groupId, epoch, notAfter, role, memberKey, node, signature) : null;
        return good;
    }

    /// <summary>Writes it to a buffer of exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">A field is out of its range.</exception>
    public void Write(Span<byte> destination) =>
        new SpanWriter(destination).Byte(Version).Bytes(GroupId, GroupIdSize, GroupIdSize).UInt32(Epoch).UInt64(NotAfter).Enum(Role)
            .Bytes(MemberKey, KeySize, KeySize).Name(Node).Bytes(Signature, SignatureSize, SignatureSize).End();
}
