using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// The figures of one run of the program, kept by keys whose dots nest: `throughput.tcp1.ntm_gbps`. Each leaf is a number, or an object with
/// min, median and max; words stand apart, in the object `about`.
/// </summary>
internal sealed class Figures
{
    private const int Digits = 4;
    private const string AboutName = "about";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JsonObject _root;
    private readonly JsonObject _about;

    /// <summary>None yet.</summary>
    public Figures()
        : this([], [])
    {
    }

    private Figures(JsonObject root, JsonObject about) => (_root, _about) = (root, about);

    /// <summary>Reads the file of an earlier run. Throws <see cref="LabException"/> when it is none.</summary>
    public static Figures Read(string file)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            root.Remove(AboutName, out var about);
            return new(root, about?.AsObject() ?? []);
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new LabException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Adds a spread as an object of min, median and max.</summary>
    public void Add(string key, Spread spread) => Set(
        _root,
        key,
        new JsonObject { ["min"] = Rounded(spread.Min), ["median"] = Rounded(spread.Median), ["max"] = Rounded(spread.Max) });

    /// <summary>Adds one number.</summary>
    public void Add(string key, double number) => Set(_root, key, Rounded(number));

    /// <summary>Adds words that tell what numbers stand for: `throughput.ntm` becomes `about.throughput.ntm`.</summary>
    public void About(string key, string words) => Set(_about, key, words);

    /// <summary>The names of a part's rows.</summary>
    public IEnumerable<string> Rows(string part) => _root[part] is JsonObject rows ? rows.Select(r => r.Key) : [];

    /// <summary>The spreads of a row whose names end with an underscore and a suffix, by what stands before: `ntm` for `ntm_gbps`.</summary>
    public IEnumerable<(string Name, Spread Spread)> Spreads(string row, string suffix) =>
        from leaf in Find(_root, row) as JsonObject ?? []
        where leaf.Key.EndsWith($"_{suffix}", StringComparison.Ordinal) && leaf.Value is JsonObject
        let value = leaf.Value.AsObject()
        select (leaf.Key[..^(suffix.Length + 1)], new Spread((double)value["min"]!, (double)value["median"]!, (double)value["max"]!));

    /// <summary>Words that <see cref="About"/> has added; null when there are none.</summary>
    public string? Words(string key) => (string?)Find(_about, key);

    /// <summary>Writes the file in one step, so that a kill leaves the old one or the new one.</summary>
    public void Write(string file)
    {
        var fresh = file + ".new";
        var all = (JsonObject)_root.DeepClone();
        all[AboutName] = _about.DeepClone();
        File.WriteAllText(fresh, all.ToJsonString(Indented) + "\n");
        File.Move(fresh, file, overwrite: true);
    }

    private static double Rounded(double number) => Math.Round(number, Digits);

    private static JsonNode? Find(JsonObject root, string key) =>
        key.Split('.').Aggregate((JsonNode?)root, (at, word) => (at as JsonObject)?[word]);

    private static void Set(JsonObject root, string key, JsonNode value)
    {
        var at = root;
        var words = key.Split('.');
        foreach (var word in words[..^1])
        {
            if (at[word] is not JsonObject next)
            {
                at[word] = next = [];
            }

            at = next;
        }

        at[words[^1]] = value;
    }
}
