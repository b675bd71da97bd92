using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Security.Primitives;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>A group as its owner holds it: the key that makes members, and the pre-shared key that members have. It stays with the user
/// and is never given to the provider.</summary>
public sealed class GroupAuthority : IDisposable
{
    private const int PskSize = 32;
    private const int EpochAt = Ed25519.SeedSize + PskSize;
    private const int PriorityAt = EpochAt + 4;
    private const int NameAt = PriorityAt + 1; // to the end

    private readonly Ed25519KeyPair _signing;
    private readonly byte[] _groupKey;

    private GroupAuthority(string name, byte priority, uint epoch, Ed25519KeyPair signing, ReadOnlySpan<byte> groupKey)
    {
        Name = name;
        Priority = priority;
        Epoch = epoch;
        _signing = signing;
        _groupKey = GC.AllocateArray<byte>(PskSize, pinned: true);
        groupKey.CopyTo(_groupKey);
        Id = GroupId.Of(signing.PublicKey);
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Of two common groups the one with the lower number is used.</summary>
    public byte Priority { get; }

    /// <summary>Raised with every new group key.</summary>
    public uint Epoch { get; private set; }

    /// <summary>The group's id, 16 bytes.</summary>
    public byte[] Id { get; }

    /// <summary>Ed25519 key by which member certificates are checked, 32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _signing.PublicKey;

    /// <summary>A new group in its epoch 1.</summary>
    /// <param name="name">For people, 1–64 bytes in UTF-8.</param>
    /// <param name="priority">See <see cref="Priority"/>.</param>
    /// <param name="random">For both keys.</param>
    public static GroupAuthority Create(string name, byte priority, IRandom random)
    {
        if (Encoding.UTF8.GetByteCount(name) is 0 or > GroupPackage.MaxNameBytes)
        {
            throw new ArgumentException($"A group's name has 1 to {GroupPackage.MaxNameBytes} bytes.", nameof(name));
        }

        Span<byte> groupKey = stackalloc byte[PskSize];
        var signing = Ed25519KeyPair.Generate(random);
        random.Fill(groupKey);
        var group = new GroupAuthority(name, priority, 1, signing, groupKey);
        CryptographicOperations.ZeroMemory(groupKey);
        return group;
    }

    /// <summary>Takes back what <see cref="Export"/> gave.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="group">The group, or null.</param>
    /// <returns>What is wrong with the file, or none.</returns>
    public static KeyFileProblem Import(ReadOnlySpan<byte> file, out GroupAuthority? group)
    {
        group = null;
        KeyFileProblem problem = KeyContainer.Read(KeyFileKind.GroupAuthority, file, out ReadOnlySpan<byte> body);
        if (problem != KeyFileProblem.None || body.Length <= NameAt)
        {
            return problem == KeyFileProblem.None ? KeyFileProblem.Damaged : problem;
        }

        group = new GroupAuthority(
            Encoding.UTF8.GetString(body[NameAt..]),
            body[PriorityAt],
            BinaryPrimitives.ReadUInt32BigEndian(body[EpochAt..]),
            Ed25519KeyPair.FromSeed(body[..Ed25519.SeedSize]),
            body[Ed25519.SeedSize..EpochAt]);
        return KeyFileProblem.None;
    }

    /// <summary>All that a new member needs: the signed bytes of a <see cref="GroupPackage"/>, which may go through anybody's hands.</summary>
    /// <param name="node">The member's full name in its normal form.</param>
    /// <param name="identityKey">The member's Ed25519 key, 32 bytes.</param>
    /// <param name="staticKey">The member's X25519 key, 32 bytes.</param>
    /// <param name="role">What the member is.</param>
    /// <param name="notAfter">Until when the member certificate is good.</param>
    /// <param name="random">For sealing the group key.</param>
    /// <exception cref="ArgumentException">A name or key is out of form.</exception>
    public byte[] Admit(string node, ReadOnlySpan<byte> identityKey, ReadOnlySpan<byte> staticKey, MemberRole role, DateTimeOffset notAfter, IRandom random)
    {
        var certificate = new MemberCertificate(
            Id, Epoch, checked((ulong)notAfter.ToUnixTimeSeconds()), role, identityKey.ToArray(), node, new byte[Ed25519.SignatureSize]);
        byte[] certificateBytes = new byte[certificate.Length];
        certificate.Write(certificateBytes);
        DomainSignature.Sign(_signing, MemberCertificate.SigningDomain, certificateBytes);
        byte[] sealedKey = SealedGroupKey.Seal(_groupKey, staticKey, certificate, random);
        var package = new GroupPackage(Priority, PublicKey.ToArray(), Name, certificateBytes, sealedKey, new byte[Ed25519.SignatureSize]);
        byte[] bytes = new byte[package.Length];
        package.Write(bytes);
        DomainSignature.Sign(_signing, GroupPackage.SigningDomain, bytes);
        return bytes;
    }

    /// <summary>Puts members out: a new group key in a new epoch. All who stay have to be admitted again.</summary>
    public void Renew(IRandom random)
    {
        random.Fill(_groupKey);
        Epoch++;
    }

    /// <summary>The group as the bytes of a file, which is secret (mode 0600); the caller erases them.</summary>
    public byte[] Export()
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        byte[] body = new byte[NameAt + name.Length];
        _signing.Seed.CopyTo(body);
        _groupKey.CopyTo(body.AsSpan(Ed25519.SeedSize));
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(EpochAt), Epoch);
        body[PriorityAt] = Priority;
        name.CopyTo(body, NameAt);
        byte[] file = KeyContainer.Write(KeyFileKind.GroupAuthority, body);
        CryptographicOperations.ZeroMemory(body);
        return file;
    }

    /// <summary>Erases both keys.</summary>
    public void Dispose()
    {
        _signing.Dispose();
        CryptographicOperations.ZeroMemory(_groupKey);
    }
}
