using System.Text.Json;
using System.Text.Json.Nodes;

namespace NTMobile.Benchmarks;

/// <summary>
/// The figures of one run of the program, kept by keys whose dots nest: `throughput.tcp1.ntm_gbps`. Each leaf is a number, or an object with
/// min, median and max; words stand apart, in the object `about`.
/// </summary>
internal sealed class Figures
{
    private const int Digits = 4;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly JsonObject _root = [];
    private readonly JsonObject _about = [];

    /// <summary>Adds a spread as an object of min, median and max.</summary>
    public void Add(string key, Spread spread) => Set(
        _root,
        key,
        new JsonObject { ["min"] = Rounded(spread.Min), ["median"] = Rounded(spread.Median), ["max"] = Rounded(spread.Max) });

    /// <summary>Adds one number.</summary>
    public void Add(string key, double number) => Set(_root, key, Rounded(number));

    /// <summary>Adds words that tell what numbers stand for: `throughput.ntm` becomes `about.throughput.ntm`.</summary>
    public void About(string key, string words) => Set(_about, key, words);

    /// <summary>Writes the file in one step, so that a kill leaves the old one or the new one.</summary>
    public void Write(string file)
    {
        var fresh = file + ".new";
        var all = (JsonObject)_root.DeepClone();
        all["about"] = _about.DeepClone();
        File.WriteAllText(fresh, all.ToJsonString(Indented) + "\n");
        File.Move(fresh, file, overwrite: true);
    }

    private static double Rounded(double number) => Math.Round(number, Digits);

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
