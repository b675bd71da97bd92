using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>
/// A test class in one world with the product in it. A failing test prints what every router says of itself, what waits in the kernel's queues
/// and sockets, and the end of every log.
/// </summary>
public abstract class ProductTest<TFixture>(TFixture fixture) : IClassFixture<TFixture>, IAsyncDisposable
    where TFixture : ProductFixture
{
    protected TFixture Fixture { get; } = fixture;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!FailureReport.IsWanted)
        {
            return;
        }

        foreach (var router in Fixture.World.Routers)
        {
            foreach (var command in new[] { "status", "sessions", "refusals" })
            {
                var answer = await router.Site.Router.ExecAsync("dotnet", Binaries.Cli, command, "--json", "--socket", router.ControlSocket);
                FailureReport.Write($"{router.Site.Name}: ntm {command}", answer.Output);
            }

            var kernel = await router.Site.Router.ExecAsync("sh", "-c", "cat /proc/net/netfilter/nfnetlink_queue; ss -nuam; ss -ntp; conntrack -L 2>/dev/null");
            FailureReport.Write($"{router.Site.Name}: queues, sockets, flows", kernel.Output);
        }

        FailureReport.WriteLogs(Fixture.World.Lab);
    }
}
