using System.Net;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>Reads fields of a document. A missing field or one of another type is damage: it was never written so.
/// Plain documents are used, not LiteDB's object mapper, which needs reflection.</summary>
internal static class Fields
{
    /// <summary>A text.</summary>
    public static string Text(this BsonDocument from, string field) => from.Get(field, BsonType.String).AsString;

    /// <summary>A text or null.</summary>
    public static string? TextOrNull(this BsonDocument from, string field) => from.ContainsKey(field) ? from.Text(field) : null;

    /// <summary>A whole number.</summary>
    public static long Number(this BsonDocument from, string field) => from.Get(field, BsonType.Int64).AsInt64;

    /// <summary>A number of one byte.</summary>
    public static byte Small(this BsonDocument from, string field) =>
        from.Number(field) is >= byte.MinValue and <= byte.MaxValue and var number ? (byte)number : throw Wrong(field);

    /// <summary>An IP address.</summary>
    public static IPAddress Address(this BsonDocument from, string field) =>
        IPAddress.TryParse(from.Text(field), out var address) ? address : throw Wrong(field);

    /// <summary>Yes or no.</summary>
    public static bool Flag(this BsonDocument from, string field) => from.Get(field, BsonType.Boolean).AsBoolean;

    /// <summary>Bytes.</summary>
    public static byte[] Bytes(this BsonDocument from, string field) => from.Get(field, BsonType.Binary).AsBinary;

    /// <summary>A time, to the millisecond.</summary>
    public static DateTimeOffset Time(this BsonDocument from, string field) => DateTimeOffset.FromUnixTimeMilliseconds(from.Number(field));

    /// <summary>A list of texts.</summary>
    public static IReadOnlyList<string> Texts(this BsonDocument from, string field) =>
        [.. from.Get(field, BsonType.Array).AsArray.Select(item => item.IsString ? item.AsString : throw Wrong(field))];

    /// <summary>How a time is stored.</summary>
    public static BsonValue ToBson(this DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>How a list of texts is stored.</summary>
    public static BsonArray ToBson(this IReadOnlyList<string> texts) => new(texts.Select(text => new BsonValue(text)));

    private static BsonValue Get(this BsonDocument from, string field, BsonType type) =>
        from.TryGetValue(field, out var value) && value.Type == type ? value : throw Wrong(field);

    private static StoreDamagedException Wrong(string field) => new($"a record has no proper field \"{field}\"");
}
