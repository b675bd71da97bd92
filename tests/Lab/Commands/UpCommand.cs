using NTMobile.Lab.Product;

namespace NTMobile.Lab;

/// <summary>`ntm-lab up`.</summary>
internal static class UpCommand
{
    public static async Task<int> RunAsync(string worldName)
    {
        if (worldName == "product")
        {
            return await ProductAsync().ConfigureAwait(false);
        }

        Action<WorldBuilder> describe = worldName switch
        {
            "two" => Two,
            "grid" => Grid,
            _ => throw new LabException($"no world {worldName}; there are two, grid, product"),
        };
        LabHost.EnsureIsolated();
        LabState.TakeOver();
        await using LabWorld world = await LabWorld.CreateAsync(describe, LabState.Logs).ConfigureAwait(false);
        Console.WriteLine(world.Draw());
        Console.WriteLine($"Up. Folder {LabState.Folder}; Ctrl-C takes it down.");
        await new ControlSocket(world).ServeAsync().ConfigureAwait(false);
        return 0;
    }

    private static async Task<int> ProductAsync()
    {
        LabHost.EnsureIsolated();
        LabState.TakeOver();
        await using ProductWorld world = await ProductWorld.CreateAsync(ProductTwo, logs: LabState.Logs).ConfigureAwait(false);
        foreach (ProductRouter router in world.Routers)
        {
            await router.ShareAsync(router.Site.Device, "box").ConfigureAwait(false);
        }

        Console.WriteLine(world.Lab.Draw());
        Console.WriteLine($"Up. Folder {LabState.Folder}; try: ntm-lab exec alice-1 ping {world["bob"].Name("box")}; Ctrl-C takes it down.");
        await new ControlSocket(world.Lab).ServeAsync().ConfigureAwait(false);
        return 0;
    }

    /// <summary>Two homes with the product, and places to move to.</summary>
    private static void ProductTwo(WorldBuilder world)
    {
        world.Site("alice", Presets.Home, new SiteOptions { Devices = 2 });
        world.Site("bob", Presets.Home, new SiteOptions { Devices = 2 });
        world.Place(Presets.Cloud);
        world.Place(Presets.Symmetric);
        world.Place(Presets.Firewall);
        world.Server("web");
    }

    /// <summary>Two sites behind the two kinds of NAT, a server, and places to move to.</summary>
    private static void Two(WorldBuilder world)
    {
        world.Server("srv1", addresses: 2);
        world.Site("alice", Presets.Home, new SiteOptions { Devices = 2, OrdinaryNat = true });
        world.Site("bob", Presets.Symmetric, new SiteOptions { Devices = 2, OrdinaryNat = true });
        world.Place(Presets.Cloud);
        world.Place(Presets.Home);
        world.Place(Presets.Firewall);
    }

    /// <summary>Two sites per preset.</summary>
    private static void Grid(WorldBuilder world)
    {
        world.Server("srv1", addresses: 2);
        foreach (Preset preset in Presets.All)
        {
            world.Site($"{preset}-a", preset, new SiteOptions { OrdinaryNat = true });
            world.Site($"{preset}-b", preset, new SiteOptions { OrdinaryNat = true });
        }
    }
}
