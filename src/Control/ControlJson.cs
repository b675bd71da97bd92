using System.Text.Json;
using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>JSON of the local API: camelCase names, enums as words, nulls written. Generated at build time, so it holds under AOT.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RouterSnapshot))]
[JsonSerializable(typeof(NameDeviceRequest))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(InternetRuleRequest))]
[JsonSerializable(typeof(PublishRequest))]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(PingReport))]
[JsonSerializable(typeof(NetworkReport))]
[JsonSerializable(typeof(InitGroupRequest))]
[JsonSerializable(typeof(NewGroup))]
[JsonSerializable(typeof(AddMemberRequest))]
[JsonSerializable(typeof(JoinGroupRequest))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(ControlError))]
public sealed partial class ControlJson : JsonSerializerContext;
