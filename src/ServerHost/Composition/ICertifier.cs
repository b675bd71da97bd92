namespace NTMobile.ServerHost.Composition;

/// <summary>Where a role's certificate comes from: the KMS of the same process, or one elsewhere.</summary>
internal interface ICertifier
{
    /// <summary>The provider CA's Ed25519 key, 32 bytes.</summary>
    byte[] ProviderKey { get; }

    /// <summary>A certificate (DER) that is good for long: the one that there is, or else a new one.</summary>
    /// <remarks>A KMS that cannot be reached leaves the old one in use.</remarks>
    Task<byte[]> CertificateAsync(CancellationToken stop);
}
