using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>A world with the product in it, for one test class.</summary>
public abstract class ProductFixture : IAsyncLifetime
{
    private ProductWorld? _world;

    public ProductWorld World => _world ?? throw new InvalidOperationException("the world has not been built");

    public async ValueTask InitializeAsync()
    {
        _world = await ProductWorld.CreateAsync(Describe, Groups, routerProgram: RouterProgram, egress: Egress, serverHasIpv6: ServerHasIpv6, publicAddresses: PublicAddresses, translation: Translation);
        await StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }
    }

    /// <summary>Groups with their members; null: all in one.</summary>
    protected virtual IReadOnlyDictionary<string, string[]>? Groups => null;

    /// <summary>The routers' service; null: as it was built with the laboratory.</summary>
    protected virtual string? RouterProgram => null;

    /// <summary>Whether ordinary hosts may be reached through the RS.</summary>
    protected virtual bool Egress => false;

    /// <summary>Whether the server's roles listen by IPv6 too.</summary>
    protected virtual bool ServerHasIpv6 => true;

    /// <summary>At how many addresses of the RS devices may be published.</summary>
    protected virtual int PublicAddresses => 0;

    /// <summary>What may travel without the tunnel.</summary>
    protected virtual string Translation => "off";

    protected abstract void Describe(WorldBuilder world);

    protected virtual Task StartAsync() => Task.CompletedTask;
}
