using Xunit;

namespace NTMobile.Linux.Tests;

public sealed class EventFdTests
{
    [Fact]
    public void A_signal_ends_a_wait_and_is_drained_once()
    {
        using var never = new EventFd();
        using var wake = new EventFd();
        wake.Signal();
        wake.Signal();
        Assert.False(Poller.WaitReadable(never.Descriptor, -1, wake.Descriptor));
        Assert.True(wake.Drain());
        Assert.False(wake.Drain());
        never.Signal();
        Assert.True(Poller.WaitReadable(never.Descriptor, -1, wake.Descriptor));
    }

    [Fact]
    public void A_closed_descriptor_is_told_and_not_waited_for()
    {
        var closed = new EventFd();
        var number = closed.Descriptor;
        closed.Dispose();
        Assert.Equal(Libc.EBADF, Assert.Throws<LinuxException>(() => Poller.WaitReadable(number + 500, -1)).Errno);
    }
}
