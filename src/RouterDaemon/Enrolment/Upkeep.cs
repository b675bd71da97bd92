namespace NTMobile.RouterDaemon.Enrolment;

/// <summary>What has to be asked of the key server from time to time: packages of groups that are waited for, newer ones, a new certificate.</summary>
internal sealed class Upkeep(Enroller enroller, GroupService groups, Action renewed, TimeProvider time, DaemonLog log)
{
    private const int BeatsPerRefresh = 360;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled. What fails is tried again at the next beat or refresh.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat, time);
        for (var beat = 0; ; beat = (beat + 1) % BeatsPerRefresh)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
                await groups.RefreshAsync(waitingOnly: beat != 0, stop).ConfigureAwait(false);
                if (beat == 0 && await enroller.RenewAsync(stop).ConfigureAwait(false))
                {
                    renewed();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (IOException e) // a KeyServerException, or the disk
            {
                log.UpkeepFailed(e.Message);
            }
        }
    }
}
