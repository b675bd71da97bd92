namespace NTMobile.Lab.Tests;

/// <summary>
/// A world that lives as long as its test class: derive, describe it, and take it as the class's fixture
/// (<see cref="WorldTest{TFixture}"/>).
/// </summary>
public abstract class WorldFixture : IAsyncLifetime
{
    private LabWorld? _world;

    public LabWorld World => _world ?? throw new InvalidOperationException("the world has not been built");

    public async ValueTask InitializeAsync()
    {
        _world = await LabWorld.CreateAsync(Describe);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    /// <summary>Names what the world has.</summary>
    protected abstract void Describe(WorldBuilder world);

    /// <summary>Starts what every test of the class needs.</summary>
    protected virtual Task StartAsync() => Task.CompletedTask;
}
