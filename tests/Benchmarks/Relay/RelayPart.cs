namespace NTMobile.Benchmarks;

/// <summary>What the relay costs a flow, and how it stands beside coturn.</summary>
internal static class RelayPart
{
    public static async Task RunAsync(Bench bench)
    {
        if (bench.Options.Wants("relay.vs_direct"))
        {
            await RelayAgainstDirect.RunAsync(bench).ConfigureAwait(false);
        }

        if (bench.Options.Wants("relay.vs_coturn"))
        {
            await RelayAgainstCoturn.RunAsync(bench).ConfigureAwait(false);
        }
    }
}
