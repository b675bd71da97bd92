namespace NTMobile.Wire.KeyServer;

/// <summary>Why the KMS refuses: a problem document (RFC 9457), sent as <c>application/problem+json</c>.</summary>
/// <param name="Type">One of the constants here; a program decides by it.</param>
/// <param name="Title">The same in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">For a person: what was wrong and what helps.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>The body of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The request cannot be read.</summary>
    public const string BadRequest = "urn:ntm:kms:bad-request";

    /// <summary>No such token was made here.</summary>
    public const string TokenUnknown = "urn:ntm:kms:token-unknown";

    /// <summary>The token was used by another node.</summary>
    public const string TokenUsed = "urn:ntm:kms:token-used";

    /// <summary>The token's time is over.</summary>
    public const string TokenExpired = "urn:ntm:kms:token-expired";

    /// <summary>The certificate shown is not one of this provider, has expired, or was replaced.</summary>
    public const string CertificateRefused = "urn:ntm:kms:certificate-refused";

    /// <summary>There is nothing under this name.</summary>
    public const string NotFound = "urn:ntm:kms:not-found";

    /// <summary>The package was not made by the group it is for.</summary>
    public const string PackageRefused = "urn:ntm:kms:package-refused";

    /// <summary>A newer package is there.</summary>
    public const string PackageNotNewer = "urn:ntm:kms:package-not-newer";

    /// <summary>A limit of the server is reached.</summary>
    public const string Full = "urn:ntm:kms:full";

    /// <summary>Too many requests from one address.</summary>
    public const string TooManyRequests = "urn:ntm:kms:too-many-requests";

    /// <summary>The server cannot do its work now.</summary>
    public const string Unavailable = "urn:ntm:kms:unavailable";
}
