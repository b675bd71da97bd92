namespace NTMobile.Lab.Tests;

/// <summary>A test class in one world. A failing test prints the end of every log of the world.</summary>
public abstract class WorldTest<TFixture>(TFixture fixture) : IClassFixture<TFixture>, IDisposable
    where TFixture : WorldFixture
{
    protected TFixture Fixture { get; } = fixture;

    protected LabWorld World => Fixture.World;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (FailureReport.IsWanted)
        {
            FailureReport.WriteLogs(World);
        }
    }
}
