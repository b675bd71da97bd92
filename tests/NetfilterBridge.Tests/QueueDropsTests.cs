using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class QueueDropsTests
{
    // As kernel 6.18 prints it.
    private const string Text =
        """
         4330   3131     0 2 65531     7     2   114023  1
         4331 312345     0 2 65531     0     1        3  1
           20   3131     0 2 65531   100   100        0  1

        """;

    [Fact]
    public void Counts_what_the_named_queues_lost_for_either_reason() => Assert.Equal(10, QueueDrops.Sum(Text, [4330, 4331]));

    [Fact]
    public void Queues_that_are_not_there_lost_nothing()
    {
        Assert.Equal(0, QueueDrops.Sum(Text, [4332]));
        Assert.Equal(0, QueueDrops.Sum("", [4330]));
        Assert.Equal(0, QueueDrops.Count([65000]));
    }
}
