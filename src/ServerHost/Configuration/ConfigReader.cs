using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NTMobile.ServerHost.Configuration;

/// <summary>Reads <c>server.json</c>. Every mistake is told in words and with the key's full name.</summary>
internal static class ConfigReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="ConfigException">The file is missing or wrong.</exception>
    public static ServerConfig Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: cannot be read: {error.Message}");
        }

        return Parse(text);
    }

    /// <summary>Reads and checks a text.</summary>
    /// <exception cref="ConfigException">The text is wrong.</exception>
    public static ServerConfig Parse(string json)
    {
        ServerConfig config = Deserialize(json);
        ConfigCheck.Run(config);
        return config;
    }

    private static ServerConfig Deserialize(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Lenient);
            RefuseUnknown(document.RootElement, ServerJson.Default.ServerConfig, "");
            return document.Deserialize(ServerJson.Default.ServerConfig) ?? throw new ConfigException("the file holds nothing but null");
        }
        catch (JsonException error) when (error.Path is { Length: > 2 } path)
        {
            throw new ConfigException($"{path[2..]}: the value has the wrong type");
        }
        catch (JsonException error)
        {
            throw new ConfigException($"line {error.LineNumber + 1}: this is no JSON: {error.Message}");
        }
    }

    /// <summary>Goes through objects and lists of objects and looks for keys that nobody knows.</summary>
    private static void RefuseUnknown(JsonElement element, JsonTypeInfo type, string path)
    {
        if (element.ValueKind == JsonValueKind.Array && type.ElementType is { } elementType)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray())
            {
                RefuseUnknown(item, ServerJson.Default.GetTypeInfo(elementType)!, $"{path}[{index++}]");
            }
        }

        if (element.ValueKind != JsonValueKind.Object || type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            JsonPropertyInfo known = type.Properties.FirstOrDefault(known => known.Name == property.Name && known.Set is not null)
                ?? throw new ConfigException($"{name}: there is no such key; known here: {KnownKeys(type)}");
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                throw new ConfigException($"{name}: null is no value; leave the key out for its default");
            }

            RefuseUnknown(property.Value, ServerJson.Default.GetTypeInfo(known.PropertyType)!, name);
        }
    }

    private static string KnownKeys(JsonTypeInfo type) =>
        string.Join(", ", type.Properties.Where(property => property.Set is not null).Select(property => property.Name));
}
