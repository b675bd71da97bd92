namespace NTMobile.Security.Identity;

/// <summary>What the provider certifies a party to be. The values stand in certificates.</summary>
public enum CertificateRole : byte
{
    /// <summary>A node: a mobile router or a host.</summary>
    Node = 1,

    /// <summary>A Direction Server.</summary>
    DirectionServer = 2,

    /// <summary>A Relay Server.</summary>
    RelayServer = 3,
}

/// <summary>Whom a certificate is about.</summary>
/// <param name="Name">Full name in its normal form.</param>
/// <param name="IdentityKey">Ed25519 key, 32 bytes.</param>
/// <param name="StaticKey">X25519 key, 32 bytes.</param>
/// <param name="Role">What it is certified to be.</param>
public sealed record CertificateSubject(string Name, byte[] IdentityKey, byte[] StaticKey, CertificateRole Role);

/// <summary>A certificate of the provider whose signature was checked.</summary>
/// <param name="Name">Full name in its normal form.</param>
/// <param name="IdentityKey">Ed25519 key, 32 bytes.</param>
/// <param name="StaticKey">X25519 key, 32 bytes.</param>
/// <param name="Role">What it is certified to be.</param>
/// <param name="Serial">The provider's number for it.</param>
/// <param name="NotAfter">Last second in which it is good.</param>
public sealed record ProviderCertificate(
    string Name, byte[] IdentityKey, byte[] StaticKey, CertificateRole Role, ulong Serial, DateTimeOffset NotAfter);

/// <summary>Why a certificate was refused.</summary>
public enum CertificateRefusal
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>It is no certificate of the form that the provider issues.</summary>
    Malformed,

    /// <summary>It is not signed by this provider.</summary>
    BadSignature,

    /// <summary>Its time is over.</summary>
    Expired,
}
