using System.Text.Json;
using System.Text.Json.Nodes;

namespace NTMobile.Benchmarks;

/// <summary>The figures of one run of the program, kept by keys whose dots nest: `throughput.tcp1.ntm_gbps`.</summary>
internal sealed class Figures
{
    private const int Digits = 4;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly JsonObject _root = [];

    /// <summary>Adds a spread as an object of min, median and max.</summary>
    public void Add(string key, Spread spread) => Set(
        key,
        new JsonObject { ["min"] = Rounded(spread.Min), ["median"] = Rounded(spread.Median), ["max"] = Rounded(spread.Max) });

    /// <summary>Adds one number.</summary>
    public void Add(string key, double number) => Set(key, Rounded(number));

    /// <summary>Adds words that tell what a number stands for.</summary>
    public void Add(string key, string words) => Set(key, words);

    /// <summary>Writes the file in one step, so that a kill leaves the old one or the new one.</summary>
    public void Write(string file)
    {
        var fresh = file + ".new";
        File.WriteAllText(fresh, _root.ToJsonString(Indented) + "\n");
        File.Move(fresh, file, overwrite: true);
    }

    private static double Rounded(double number) => Math.Round(number, Digits);

    private void Set(string key, JsonNode value)
    {
        var at = _root;
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
