using System.Text.Json;

namespace NTMobile.Security.Tests;

/// <summary>Published test vectors: the few that the repository carries (Vectors/, each names its source), and the whole sets
/// when the environment variable NTM_VECTORS names a folder that has them.</summary>
public static class VectorSets
{
    /// <summary>Every vector of a Wycheproof file, as (name, group without its tests, vector).</summary>
    public static IEnumerable<(string Name, JsonElement Group, JsonElement Vector)> Wycheproof(string set)
    {
        foreach ((string origin, JsonElement root) in Documents($"{set}.json", $"wycheproof/{set}_test.json"))
        {
            foreach (JsonElement group in root.GetProperty("testGroups").EnumerateArray())
            {
                foreach (JsonElement vector in group.GetProperty("tests").EnumerateArray())
                {
                    yield return ($"{origin} {set} {vector.GetProperty("tcId").GetInt32()}", group, vector);
                }
            }
        }
    }

    /// <summary>Every Noise vector whose protocol is one of <paramref name="protocols"/>.</summary>
    public static IEnumerable<(string Name, JsonElement Vector)> Noise(params string[] protocols)
    {
        foreach ((string origin, JsonElement root) in Documents("noise.json", "noise/cacophony.json", "noise/snow.json"))
        {
            int number = 0;
            foreach (JsonElement vector in root.GetProperty("vectors").EnumerateArray())
            {
                string protocol = vector.GetProperty("protocol_name").GetString()!;
                number++;
                if (protocols.Contains(protocol))
                {
                    yield return ($"{origin} {protocol} {number}", vector);
                }
            }
        }
    }

    /// <summary>Every vector of one of HCTR2's files.</summary>
    public static IEnumerable<(string Name, JsonElement Vector)> WideBlock(string set, string file)
    {
        foreach ((string origin, JsonElement root) in Documents($"{set}.json", $"hctr2/{file}.json"))
        {
            JsonElement vectors = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("vectors");
            foreach ((int number, JsonElement vector) in vectors.EnumerateArray().Index())
            {
                yield return ($"{origin} {set} {number}", vector);
            }
        }
    }

    public static byte[] Bytes(this JsonElement vector, string name) =>
        vector.TryGetProperty(name, out JsonElement value) ? Convert.FromHexString(value.GetString()!) : [];

    private static IEnumerable<(string Origin, JsonElement Root)> Documents(string embedded, params string[] files)
    {
        using Stream stream = typeof(VectorSets).Assembly.GetManifestResourceStream(embedded)!;
        yield return ("embedded", JsonDocument.Parse(stream).RootElement);
        if (Environment.GetEnvironmentVariable("NTM_VECTORS") is { Length: > 0 } folder)
        {
            foreach (string file in files.Select(file => Path.Combine(folder, file)).Where(File.Exists))
            {
                yield return (Path.GetFileNameWithoutExtension(file), JsonDocument.Parse(File.ReadAllBytes(file)).RootElement);
            }
        }
    }
}
