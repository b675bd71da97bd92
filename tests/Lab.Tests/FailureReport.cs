namespace NTMobile.Lab.Tests;

/// <summary>What a failing test of the laboratory prints: most of its causes are to be seen only in a world that is about to go.</summary>
internal static class FailureReport
{
    private const int TailLines = 40;

    /// <summary>Whether the test that has just ended failed.</summary>
    public static bool IsWanted => TestContext.Current.TestState?.Result == TestResult.Failed;

    /// <summary>Prints the end of every log of a world.</summary>
    public static void WriteLogs(LabWorld world)
    {
        foreach (string file in Directory.EnumerateFiles(world.LogFolder, "*.log").Order())
        {
            Write(Path.GetFileName(file), string.Join('\n', File.ReadLines(file).TakeLast(TailLines)));
        }
    }

    /// <summary>Prints one part under a heading.</summary>
    public static void Write(string heading, string text) => TestContext.Current.TestOutputHelper?.WriteLine($"--- {heading}\n{text}");
}
