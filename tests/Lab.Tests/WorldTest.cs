namespace NTMobile.Lab.Tests;

/// <summary>A test class in one world. A failing test prints the end of every log of the world.</summary>
public abstract class WorldTest<TFixture>(TFixture fixture) : IClassFixture<TFixture>, IDisposable
    where TFixture : WorldFixture
{
    private const int TailLines = 40;

    protected TFixture Fixture { get; } = fixture;

    protected LabWorld World => Fixture.World;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result != TestResult.Failed)
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(World.LogFolder, "*.log").Order())
        {
            string tail = string.Join('\n', File.ReadLines(file).TakeLast(TailLines));
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {Path.GetFileName(file)}\n{tail}");
        }
    }
}
