using System.Text.Json;
using System.Text.Json.Serialization;

namespace NTMobile.ServerHost.Configuration;

/// <summary>JSON of the configuration, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ServerConfig))]
internal sealed partial class ServerJson : JsonSerializerContext;
