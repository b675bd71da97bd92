using Microsoft.Extensions.Logging.Abstractions;
using NTMobile.Control;
using NTMobile.RouterDaemon.Enrolment;
using NTMobile.RouterDaemon.Tests.Support;

namespace NTMobile.RouterDaemon.Tests.Enrolment;

public sealed class UpkeepTests
{
    [Fact]
    public async Task Waiting_ends_and_the_certificate_is_renewed_without_anybody_asking()
    {
        await using var kms = await KeyServerHost.StartAsync();
        using var alice = await OneRouter.EnrolAsync(kms, "alice");
        using var bob = await OneRouter.EnrolAsync(kms, "bob");
        var group = await alice.InitAsync("family");
        await bob.JoinAsync(group.Id);
        using var stop = new CancellationTokenSource();
        var renewed = new TaskCompletionSource();
        var joined = new TaskCompletionSource();
        bob.Groups.Changed += joined.SetResult;
        var upkeep = new Upkeep(bob.Enroller, bob.Groups, renewed.SetResult, kms.Clock, new DaemonLog(NullLogger.Instance)).RunAsync(stop.Token);

        kms.Clock.Advance(TimeSpan.FromSeconds(10)); // asks, and there is nothing yet
        await alice.AddAsync(group, bob);
        await StepAsync(kms, joined.Task, TimeSpan.FromSeconds(10));
        Assert.Equal(GroupState.Member, bob.StateOf(group.Id));

        await kms.GoAwayAsync();
        kms.Clock.Advance(TimeSpan.FromDays(61));
        await kms.ComeBackAsync();
        await StepAsync(kms, renewed.Task, TimeSpan.FromMinutes(10));
        await stop.CancelAsync();
        await upkeep;
    }

    // The fake clock wakes the timer only where it waits already, so time goes on in steps until it has.
    private static async Task StepAsync(KeyServerHost kms, Task goal, TimeSpan step)
    {
        for (var i = 0; i < 500 && !goal.IsCompleted; i++)
        {
            kms.Clock.Advance(step);
            await Task.WhenAny(goal, Task.Delay(50));
        }

        Assert.True(goal.IsCompletedSuccessfully);
    }
}
