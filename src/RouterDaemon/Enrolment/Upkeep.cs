namespace NTMobile.RouterDaemon.Enrolment;

/// <summary>What has to be asked of the key server from time to time: packages of groups that are waited for, newer ones, a new certificate.</summary>
internal sealed class Upkeep(Enroller enroller, GroupService groups, Action renewed, TimeProvider time, DaemonLog log)
{
    private const int BeatsPerRefresh = 360;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private readonly HashSet<string> _told = []; // failures since the last refresh: each is logged once

    /// <summary>Runs until cancelled. What fails is tried again at the next beat or refresh.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat, time);
        for (var beat = 0; ; beat = (beat + 1) % BeatsPerRefresh)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
                if (beat == 0)
                {
                    _told.Clear();
                    await TryAsync(RenewAsync).ConfigureAwait(false);
                }

                await TryAsync(() => groups.RefreshAsync(waitingOnly: beat != 0, stop)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }

        async Task RenewAsync()
        {
            if (await enroller.RenewAsync(stop).ConfigureAwait(false))
            {
                renewed();
            }
        }
    }

    // One group's trouble must not keep the certificate from being renewed, nor the other way round.
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // a KeyServerException, or the disk
        {
            if (_told.Add(e.Message))
            {
                log.UpkeepFailed(e.Message);
            }
        }
    }
}
