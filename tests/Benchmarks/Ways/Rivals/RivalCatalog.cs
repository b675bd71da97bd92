using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>The rivals, as get-rivals.sh installs them and as the environment offers them.</summary>
internal static class RivalCatalog
{
    /// <summary>Keys of the WireGuard implementations with offloads.</summary>
    public static IReadOnlyList<string> ModernWireGuard { get; } = ["wireguard_go", "wireguard_go_given"];

    /// <summary>Starts all that can be had; one that cannot is named with the reason and left out.</summary>
    /// <param name="alice">The site where flows begin.</param>
    /// <param name="bob">The site where they end.</param>
    /// <param name="folder">For keys and configurations.</param>
    public static async Task<IReadOnlyList<Rival>> StartAsync(Site alice, Site bob, string folder)
    {
        List<Rival> started = [];
        var number = 0;
        foreach (var rival in Offered())
        {
            number++;
            try
            {
                await rival.StartAsync(RivalEnd.Of(alice, number, 1), RivalEnd.Of(bob, number, 2), Path.Combine(folder, rival.Key)).ConfigureAwait(false);
                started.Add(rival);
                Console.WriteLine($"  {rival.Key,-20}{rival.Title}");
            }
            catch (LabException e)
            {
                Console.WriteLine($"  {rival.Key,-20}left out: {e.Message}");
            }
        }

        return started;
    }

    private static IEnumerable<Rival> Offered()
    {
        yield return new WireGuardGo("wireguard_go", Path.Combine(Binaries.Root, "tests/Benchmarks/bin/rivals/wireguard-go/usr/bin/wireguard-go"));
        yield return new WireGuardGo("wireguard_go_apt", "wireguard-go");
        yield return new Nebula("nebula", "nebula", "nebula-cert");
        yield return new OpenVpn();
        yield return new Fastd();
        if (Given("NTM_RIVAL_WIREGUARD_GO") is { } wireGuard)
        {
            yield return new WireGuardGo("wireguard_go_given", wireGuard);
        }

        if (Given("NTM_RIVAL_NEBULA") is { } nebula)
        {
            var beside = Path.Combine(Path.GetDirectoryName(nebula)!, "nebula-cert");
            yield return new Nebula("nebula_given", nebula, Given("NTM_RIVAL_NEBULA_CERT") ?? beside);
        }
    }

    private static string? Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? Path.GetFullPath(path) : null;
}
