using System.Text.Json.Serialization;

namespace NTMobile.Wire.KeyServer;

/// <summary>The KMS's HTTP interface (docs/protocol.md §5): what both ends must agree on besides the messages.</summary>
public static class KeyServerProtocol
{
    /// <summary>Where a token becomes a certificate.</summary>
    public const string Enrol = "/v1/enrol";

    /// <summary>Where a certificate is renewed.</summary>
    public const string Renew = "/v1/renew";

    /// <summary>Media type of a certificate.</summary>
    public const string CertificateType = "application/pkix-cert";

    /// <summary>Media type of a certificate request (RFC 5967).</summary>
    public const string RequestType = "application/pkcs10";

    /// <summary>Media type of a group package.</summary>
    public const string PackageType = "application/octet-stream";

    /// <summary>Longest body of any request or answer, in bytes.</summary>
    public const int MaximumBody = 16 * 1024;

    /// <summary>Where a node's certificate is.</summary>
    /// <param name="node">The node's name in its normal form.</param>
    public static string CertificateOf(string node) => $"/v1/nodes/{node}/certificate";

    /// <summary>Where the request is that a node's certificate was issued for.</summary>
    /// <param name="node">The node's name in its normal form.</param>
    public static string RequestOf(string node) => $"/v1/nodes/{node}/request";

    /// <summary>Where a member's package is.</summary>
    /// <param name="group">The group's id, 32 lower-case hex digits.</param>
    /// <param name="member">The member's node name in its normal form.</param>
    public static string PackageOf(string group, string member) => $"/v1/groups/{group}/packages/{member}";
}

/// <summary>How the messages are written as JSON: camel case, bytes as base64, every field required.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(EnrolAnswer))]
[JsonSerializable(typeof(Problem))]
public sealed partial class KeyServerJson : JsonSerializerContext;
