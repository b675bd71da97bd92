using NTMobile.Storage.Tables;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <summary>The words of every refusal, in one place.</summary>
internal static class Refusals
{
    public static readonly Problem Unreadable = new(
        Problem.BadRequest, "The request cannot be read", 400, "The body is not what this address expects.");

    public static readonly Problem TooLong = new(
        Problem.BadRequest, "The request is too long", 413, $"A body may have at most {KeyServerProtocol.MaximumBody} bytes.");

    public static readonly Problem BadRequestToSign = new(
        Problem.BadRequest, "The certificate request is refused", 400, "It is no PKCS#10 request that its own Ed25519 key has signed.");

    public static readonly Problem TooMany = new(
        Problem.TooManyRequests, "Too many requests", 429, "Wait a minute and try again.");

    public static readonly Problem NotFound = new(Problem.NotFound, "There is nothing here", 404, "Nothing is stored under this name.");

    public static readonly Problem CertificateRefused = new(
        Problem.CertificateRefused, "The certificate is not accepted", 403,
        "It was not issued here, has expired, belongs to another key, or was replaced by a later enrolment. Enrol again with a new token.");

    public static readonly Problem PackageRefused = new(
        Problem.PackageRefused, "The package is not accepted", 403, "It is not signed by the group of this address, or is for another member.");

    public static readonly Problem Unavailable = new(
        Problem.Unavailable, "The server cannot store anything", 503, "Try again later, or tell the provider.");

    /// <summary>Why a token is not accepted.</summary>
    public static Problem Of(TokenUse use) => use switch
    {
        TokenUse.UsedAlready => new(
            Problem.TokenUsed, "The token was used already", 403, "A token serves one node, once. Ask the provider for a new one; if you did not use this one, somebody else did."),
        TokenUse.Expired => new(Problem.TokenExpired, "The token has expired", 403, "Ask the provider for a new one."),
        _ => new(Problem.TokenUnknown, "The token is not known here", 403, "Check that it comes from this provider."),
    };

    /// <summary>Why a package is not stored.</summary>
    public static Problem Of(PackagePut put) => put switch
    {
        PackagePut.NotNewer => new(
            Problem.PackageNotNewer, "A newer package is there", 409, "The member already has a package of this or a later epoch of the group."),
        PackagePut.GroupFull => new(Problem.Full, "The group is full here", 507, "This server keeps no more members for one group."),
        _ => new(Problem.Full, "The server is full", 507, "This server keeps no more packages."),
    };
}
