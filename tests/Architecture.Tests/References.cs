using System.Xml.Linq;
using Xunit;

namespace NTMobile.Architecture.Tests;

/// <summary>The table of docs/architecture.md, "Projects and what they may use".</summary>
public sealed class References
{
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["Packets"] = "",
        ["Wire"] = "Packets",
        ["Security"] = "Packets Wire",
        ["RouterCore"] = "Packets Wire Security",
        ["Linux"] = "",
        ["NetfilterBridge"] = "Packets Linux",
        ["Storage"] = "",
        ["Control"] = "",
        ["DirectionServer"] = "Packets Wire Security Storage",
        ["RelayServer"] = "Packets Wire Security Storage",
        ["KeyServer"] = "Packets Wire Security Storage",
        ["ServerHost"] = "DirectionServer RelayServer KeyServer Packets Wire Security Storage NetfilterBridge Linux",
        ["RouterDaemon"] = "RouterCore Packets Wire Security NetfilterBridge Linux Storage Control",
        ["Cli"] = "Control",
    };

    private static readonly string Root = FindRoot();

    public static TheoryData<string> Projects => [.. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_only_what_the_table_allows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is not in the table");
        var used = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Assert.Empty(used.Except(allowed.Split(' ')));
    }

    [Fact]
    public void The_table_names_no_project_that_is_gone() =>
        Assert.All(Allowed.Keys, p => Assert.True(File.Exists(Path.Combine(Root, "src", p, p + ".csproj")), p));

    [Fact]
    public void The_document_shows_the_same_table()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "docs", "architecture.md"));
        foreach (var project in Allowed.Keys)
        {
            Assert.Contains(lines, l => l.StartsWith('|') && l.Split('|')[1].Split(',', StringSplitOptions.TrimEntries).Contains(project));
        }
    }

    [Fact]
    public void RouterCore_opens_no_socket_no_file_and_reads_no_clock()
    {
        string[] banned = ["System.Net.Sockets.Socket", "new Socket(", "File.", "FileStream", "DateTime.UtcNow", "Stopwatch", "TimeProvider.System", "Environment."];
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "src", "RouterCore"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            Assert.All(banned, b => Assert.DoesNotContain(b, text, StringComparison.Ordinal));
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "NTMobile.Router.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
