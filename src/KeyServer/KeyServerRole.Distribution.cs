using NTMobile.Storage.Tables;
using NTMobile.Wire;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <content>What is handed out to everybody: certificates, requests and group packages.</content>
public sealed partial class KeyServerRole
{
    /// <summary>The newest certificate of a name, null when there is none.</summary>
    internal byte[]? FindCertificate(string node) => Find(node)?.Der;

    /// <summary>The request behind it, null when there is none. In it the node itself has signed its keys, so that a group's owner who knows
    /// the fingerprint need not believe this server.</summary>
    internal byte[]? FindRequest(string node) => Find(node) is { Request.Length: > 0 } found ? found.Request : null;

    /// <summary>A member's package, null when there is none.</summary>
    internal byte[]? FindPackage(string group, string member) => _store.Packages.Find(group, member)?.Content;

    /// <summary>Takes a package, when its group has made it for a member that is enrolled here; null: it is stored.</summary>
    internal Problem? PutPackage(string group, string member, byte[] content)
    {
        if (PackageCheck.Read(content) is not { } certificate
            || Convert.ToHexStringLower(certificate.GroupId) != group
            || certificate.Node != member
            || Find(member) is not { } enrolled
            || Verify(enrolled.Der)?.IdentityKey.AsSpan().SequenceEqual(certificate.MemberKey) != true)
        {
            return Refusals.PackageRefused;
        }

        var package = new StoredPackage(
            group, member, certificate.Epoch, (long)Math.Min(certificate.NotAfter, long.MaxValue), content, _clock.GetUtcNow());
        var put = _store.Packages.TryPut(package, _settings.MembersPerGroup, _settings.Packages);
        return put == PackagePut.Stored ? null : Refusals.Of(put);
    }

    private IssuedCertificate? Find(string node) =>
        HostName.TryNormalize(node, out var name) ? _store.Certificates.Find(name) : null;
}
