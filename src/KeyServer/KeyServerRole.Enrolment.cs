using System.Buffers.Binary;
using NTMobile.Security.Identity;
using NTMobile.Storage.Tables;
using NTMobile.Wire;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <content>Tokens and certificates.</content>
public sealed partial class KeyServerRole
{
    // Kept after their end, so that "expired" and "used" can still be told from "unknown".
    private static readonly TimeSpan RememberTokens = TimeSpan.FromDays(30);

    /// <summary>Makes a one-time token. Only the hash of its secret is kept.</summary>
    /// <param name="name">The name that its bearer will get, in its normal form and inside the zone.</param>
    /// <param name="role">What its bearer will be.</param>
    /// <param name="lifetime">How long it may be used; null: as set.</param>
    /// <exception cref="ArgumentException">The name is not one that this provider gives.</exception>
    public EnrolmentToken CreateToken(string name, CertificateRole role, TimeSpan? lifetime = null)
    {
        if (!HostName.IsNormal(name) || !name.EndsWith($".{_settings.Zone}", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name} is no name inside the zone {_settings.Zone}.", nameof(name));
        }

        var secret = new byte[EnrolmentToken.SecretSize];
        _random.Fill(secret);
        var now = _clock.GetUtcNow();
        _store.Tokens.RemoveExpiredBefore(now - RememberTokens);
        _store.Tokens.Add(new StoredToken(
            StoredToken.HashOf(secret), name, (byte)role, now, now + (lifetime ?? _settings.TokenLifetime), UsedBy: null));
        return new EnrolmentToken(secret, Tls.Pin, name, _settings.Zone, _settings.Host, _settings.Port);
    }

    /// <summary>The certificate of a server that runs in this process: the stored one while it is good for long, else a new one.</summary>
    /// <param name="identity">The server's keys.</param>
    /// <param name="name">Its name in its normal form.</param>
    /// <param name="role">What it is.</param>
    /// <returns>X.509 DER.</returns>
    public byte[] CertifyOwn(NodeIdentity identity, string name, CertificateRole role)
    {
        var subject = new CertificateSubject(name, identity.Signing.PublicKey.ToArray(), identity.Static.PublicKey.ToArray(), role);
        return _store.Certificates.Find(name) is { } stored
            && stored.Expires - _clock.GetUtcNow() > _settings.CertificateLifetime / 3
            && Verify(stored.Der) is { } known
            && known.Role == role
            && known.IdentityKey.AsSpan().SequenceEqual(subject.IdentityKey)
            && known.StaticKey.AsSpan().SequenceEqual(subject.StaticKey)
            ? stored.Der : Issue(subject, request: []);
    }

    /// <summary>Gives a certificate for a token: for exactly the token's name and role, whatever the request says.</summary>
    internal Answer<EnrolAnswer> Enrol(EnrolRequest request)
    {
        if (request.Secret.Length != EnrolmentToken.SecretSize)
        {
            return Refusals.Unreadable;
        }

        if (!CertificateRequest.TryRead(request.Request, out var asked))
        {
            return Refusals.BadRequestToSign;
        }

        var use = _store.Tokens.TryUse(
            StoredToken.HashOf(request.Secret), StoredToken.HashOf(asked.IdentityKey), _clock.GetUtcNow(), out var token);
        return use == TokenUse.Accepted
            ? Tell(Issue(asked with { Name = token!.Node, Role = (CertificateRole)token.Role }, request.Request))
            : Refusals.Of(use);
    }

    /// <summary>Gives a new certificate to the node that has the newest one of its name. A request seen by others is worth nothing to
    /// them: what comes of it is again a certificate of the same key.</summary>
    internal Answer<EnrolAnswer> Renew(RenewRequest request)
    {
        if (!CertificateRequest.TryRead(request.Request, out var asked))
        {
            return Refusals.BadRequestToSign;
        }

        return Verify(request.Certificate) is { } shown
            && shown.IdentityKey.AsSpan().SequenceEqual(asked.IdentityKey)
            && _store.Certificates.Find(shown.Name) is { } newest
            && Verify(newest.Der) is { } known
            && known.IdentityKey.AsSpan().SequenceEqual(shown.IdentityKey)
            ? Tell(Issue(asked with { Name = known.Name, Role = known.Role }, request.Request))
            : Refusals.CertificateRefused;
    }

    private ProviderCertificate? Verify(byte[] der) =>
        CertificateVerifier.TryVerify(der, _authority.PublicKey, _clock.GetUtcNow(), out var certificate, out _) ? certificate : null;

    private byte[] Issue(CertificateSubject subject, byte[] request)
    {
        var now = _clock.GetUtcNow();
        var end = now + _settings.CertificateLifetime;
        var der = _authority.Issue(subject, now, end, NewSerial());
        _store.Certificates.Put(new IssuedCertificate(subject.Name, (byte)subject.Role, der, request, now, end));
        return der;
    }

    // 63 random bits: numbers never repeat, also after a store was lost.
    private ulong NewSerial()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        _random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 1;
    }

    private EnrolAnswer Tell(byte[] certificate) => new(
        certificate,
        _authority.PublicKey.ToArray(),
        _settings.Zone,
        _directionServers(),
        new KeyServerEntry(_settings.Host, _settings.Port, Tls.Pin));
}
