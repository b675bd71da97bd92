using System.Globalization;
using System.Text.RegularExpressions;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests;

/// <summary>docs/protocol.md lists what the code has.</summary>
public sealed partial class ProtocolPageTests
{
    [Fact]
    public void Every_frame_stands_on_the_page() => Assert.Equal(Named<FrameType>(), Rows(FrameRow()));

    [Fact]
    public void Every_datagram_stands_on_the_page() => Assert.Equal(Named<DatagramType>(), Rows(DatagramRow()));

    [GeneratedRegex(@"^\| 0x([0-9A-F]{2}) \| (\w+) \| [^|]+ \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex FrameRow();

    [GeneratedRegex(@"^\| 0x([0-9A-F]{2}) \| (\w+)(?: \([^|]+)? \| (?:peer|nobody|the initiator|RS)[^|]* \|$", RegexOptions.Multiline)]
    private static partial Regex DatagramRow();

    private static IEnumerable<(int, string)> Named<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(value => ((int)Convert.ToByte(value), value.ToString()));

    private static IEnumerable<(int, string)> Rows(Regex row) => row.Matches(Page())
        .Select(match => (int.Parse(match.Groups[1].Value, NumberStyles.HexNumber), match.Groups[2].Value));

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "docs", "protocol.md")))
        {
            folder = folder.Parent ?? throw new FileNotFoundException("docs/protocol.md is not above the test's folder.");
        }

        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "protocol.md"));
    }
}
