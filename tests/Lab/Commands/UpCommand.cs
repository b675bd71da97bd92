namespace NTMobile.Lab;

/// <summary>`ntm-lab up`.</summary>
internal static class UpCommand
{
    public static async Task<int> RunAsync(string worldName)
    {
        Action<WorldBuilder> describe = worldName switch
        {
            "two" => Two,
            "grid" => Grid,
            _ => throw new LabException($"no world {worldName}; there are two, grid"),
        };
        LabHost.EnsureIsolated();
        LabState.TakeOver();
        await using LabWorld world = await LabWorld.CreateAsync(describe, LabState.Logs).ConfigureAwait(false);
        Console.WriteLine(world.Draw());
        Console.WriteLine($"Up. Folder {LabState.Folder}; Ctrl-C takes it down.");
        await new ControlSocket(world).ServeAsync().ConfigureAwait(false);
        return 0;
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
