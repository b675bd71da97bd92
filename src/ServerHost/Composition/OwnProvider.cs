using NTMobile.KeyServer;
using NTMobile.Security.Identity;

namespace NTMobile.ServerHost.Composition;

/// <summary>Certificates by the KMS of the same process.</summary>
internal sealed class OwnProvider(KeyServerRole kms, NodeIdentity keys, ServerRole role) : ICertifier
{
    /// <inheritdoc/>
    public byte[] ProviderKey { get; } = kms.ProviderKey.ToArray();

    /// <inheritdoc/>
    public Task<byte[]> CertificateAsync(CancellationToken stop) => Task.FromResult(kms.CertifyOwn(keys, role.Name, role.Certified));
}
