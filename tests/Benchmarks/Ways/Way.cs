using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>A way from alice's device to bob's and back. All ways exist at the same time; an address decides which one a flow takes.</summary>
internal abstract class Way
{
    // A program counts what arrived until the end of its own clock, and its own headers are not in its figure.
    private const double Margin = 0.9;

    /// <summary>The word in the keys of figures: `ntm` in `throughput.tcp1.ntm_gbps`.</summary>
    public abstract string Key { get; }

    /// <summary>For people, with version and cipher.</summary>
    public abstract string Title { get; }

    /// <summary>What stands beside it: the product, the kernel alone, or a rival.</summary>
    public abstract WayKind Kind { get; }

    /// <summary>The address of alice's device to which clients bind; null: the one that the kernel chooses.</summary>
    public virtual string? Source => null;

    /// <summary>The address that leads to bob's device.</summary>
    public abstract string Target { get; }

    /// <summary>Runs a flow, and checks that the way carried it.</summary>
    /// <param name="flow">Runs the flow.</param>
    /// <param name="bytes">Bytes of payload that the flow carried, both directions added up.</param>
    public async Task<T> CarryAsync<T>(Func<Task<T>> flow, Func<T, double> bytes)
    {
        var before = await CountAsync().ConfigureAwait(false);
        var result = await flow().ConfigureAwait(false);
        var expected = bytes(result) * Margin;
        if (before is { } was && await CountAsync().ConfigureAwait(false) is { } now
            && Math.Min(now.AtAlice - was.AtAlice, now.AtBob - was.AtBob) < expected)
        {
            throw new LabException(
                $"{Key}: {bytes(result):F0} bytes arrived, but alice's end counted {now.AtAlice - was.AtAlice} and bob's {now.AtBob - was.AtBob}");
        }

        return result;
    }

    /// <summary>What both ends have counted so far; null where nothing counts.</summary>
    protected abstract Task<Carried?> CountAsync();
}

/// <summary>What a way stands for.</summary>
internal enum WayKind
{
    /// <summary>What everything is measured for.</summary>
    Product,

    /// <summary>The kernel's forwarding alone.</summary>
    Kernel,

    /// <summary>Another tunnel.</summary>
    Rival,
}

/// <summary>Bytes inside a tunnel since its start, both directions added up, as each end counted them.</summary>
internal readonly record struct Carried(long AtAlice, long AtBob);
