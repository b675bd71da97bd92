using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.Security.Enrolment;

/// <summary>Gets a certificate from a provider, for a node or a server, and believes no answer that does not fit.</summary>
public static class ProviderEnrolment
{
    /// <summary>Gives a token for a certificate.</summary>
    /// <param name="token">The token.</param>
    /// <param name="identity">The keys to be certified.</param>
    /// <param name="role">What they are for; must be the token's role.</param>
    /// <param name="connect">Opens the connection; null: the usual way.</param>
    /// <param name="cancel">Gives up. The same keys may try the same token again.</param>
    /// <exception cref="KeyServerException">No certificate was got; the message is for the owner.</exception>
    public static async Task<EnrolAnswer> EnrolAsync(
        EnrolmentToken token, NodeIdentity identity, CertificateRole role, ConnectHook? connect, CancellationToken cancel)
    {
        using var client = new KeyServerClient(new KeyServerEntry(token.Host, token.Port, token.TlsPin), connect);
        var request = CertificateRequest.Create(identity, token.NodeName, role);
        var answer = await client.EnrolAsync(new EnrolRequest(token.Secret, request), cancel).ConfigureAwait(false);
        return Check(answer, identity, token.NodeName, role);
    }

    /// <summary>Gives a certificate for a new one of the same key, name and role.</summary>
    /// <param name="client">The KMS.</param>
    /// <param name="certificate">The certificate, X.509 DER.</param>
    /// <param name="providerKey">The provider's key, 32 bytes; it must stay the same.</param>
    /// <param name="identity">The keys in it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KeyServerException">No certificate was got; the message is for the owner.</exception>
    public static async Task<EnrolAnswer> RenewAsync(
        KeyServerClient client, byte[] certificate, byte[] providerKey, NodeIdentity identity, CancellationToken cancel)
    {
        var old = Read(certificate, providerKey) ?? throw Unfit("this node's own certificate is not the provider's");
        var request = CertificateRequest.Create(identity, old.Name, old.Role);
        var answer = await client.RenewAsync(new RenewRequest(certificate, request), cancel).ConfigureAwait(false);
        return answer.ProviderKey.AsSpan().SequenceEqual(providerKey)
            ? Check(answer, identity, old.Name, old.Role)
            : throw Unfit("the provider's key has changed");
    }

    /// <summary>Reads a certificate of the provider whatever the clock says: a router's clock may be years off.</summary>
    /// <param name="certificate">X.509 DER.</param>
    /// <param name="providerKey">The provider's key, 32 bytes.</param>
    /// <returns>Null when it is not the provider's.</returns>
    public static ProviderCertificate? Read(byte[] certificate, byte[] providerKey) =>
        CertificateVerifier.TryVerify(certificate, providerKey, DateTimeOffset.MinValue, out var read, out _) ? read : null;

    private static EnrolAnswer Check(EnrolAnswer answer, NodeIdentity identity, string name, CertificateRole role)
    {
        var certificate = Read(answer.Certificate, answer.ProviderKey) ?? throw Unfit("the certificate is not signed by the provider's key");
        if (!certificate.IdentityKey.AsSpan().SequenceEqual(identity.Signing.PublicKey)
            || !certificate.StaticKey.AsSpan().SequenceEqual(identity.Static.PublicKey))
        {
            throw Unfit("the certificate is for other keys");
        }

        if (certificate.Name != name)
        {
            throw Unfit($"the certificate is for the name {certificate.Name}, not {name}");
        }

        if (certificate.Role != role)
        {
            throw Unfit($"the token is for a {certificate.Role}, not for a {role}");
        }

        return answer;
    }

    private static KeyServerException Unfit(string why) =>
        new(KeyServerException.WrongAnswer, $"The key server's answer was not accepted: {why}. Nothing was changed.");
}
