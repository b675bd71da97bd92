using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>One run of the program: what was asked for, what has been measured, and the world that parts share.</summary>
internal sealed class Bench(BenchOptions options) : IAsyncDisposable
{
    private TwoRouters? _routers;

    /// <summary>What the command line says.</summary>
    public BenchOptions Options { get; } = options;

    /// <summary>What has been measured.</summary>
    public Figures Figures { get; } = new();

    /// <summary>Two routers with all ways between their LANs; built by the first part that asks.</summary>
    public async Task<TwoRouters> RoutersAsync()
    {
        if (_routers is null)
        {
            Console.WriteLine("Setting up two routers, their LANs, one server, and the rivals …");
            _routers = await TwoRouters.CreateAsync().ConfigureAwait(false);
            foreach (var way in _routers.Ways)
            {
                Figures.About($"ways.{way.Key}", way.Title);
            }

            Figures.About("machine", $"{Environment.ProcessorCount} processors, shared by both routers and both devices");
        }

        return _routers;
    }

    /// <summary>Runs the parts that were asked for; false when one of them failed, which has then said why.</summary>
    public async Task<bool> RunAsync()
    {
        var good = true;
        foreach (var part in Options.Parts)
        {
            good &= await TryAsync(part).ConfigureAwait(false);
        }

        return good;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_routers is { } routers)
        {
            _routers = null;
            await routers.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> TryAsync(Part part)
    {
        try
        {
            if (!part.SharesRouters)
            {
                await DisposeAsync().ConfigureAwait(false);
            }

            await part.RunAsync(this).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // A part that fails in whatever way must not take the others' figures with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"{part.Name}: not measured: {(e is LabException ? e.Message : e)}");
            _routers?.KeepLogs();
            await DisposeAsync().ConfigureAwait(false);
            return false;
        }
    }
}
