using System.Text.Json.Serialization;
using NTMobile.Wire.KeyServer;

namespace NTMobile.RouterDaemon.Keys;

/// <summary>All that this node got from its provider. One file, so that certificate and provider always belong together.</summary>
/// <param name="NodeName">This node's full name.</param>
/// <param name="Certificate">This node's certificate, X.509 DER.</param>
/// <param name="ProviderKey">The provider CA's Ed25519 key, 32 bytes.</param>
/// <param name="Zone">The provider's zone.</param>
/// <param name="DirectionServers">The DSs that this node may use, best first.</param>
/// <param name="KeyServer">The provider's KMS.</param>
internal sealed record ProviderRecord(
    string NodeName,
    byte[] Certificate,
    byte[] ProviderKey,
    string Zone,
    IReadOnlyList<DirectionServerEntry> DirectionServers,
    KeyServerEntry KeyServer)
{
    /// <summary>What a KMS answered for a name.</summary>
    public static ProviderRecord Of(string nodeName, EnrolAnswer answer) => new(
        nodeName, answer.Certificate, answer.ProviderKey, answer.Zone, answer.DirectionServers, answer.KeyServer);
}

/// <summary>How the record is written as JSON inside its file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProviderRecord))]
internal sealed partial class ProviderRecordJson : JsonSerializerContext;
