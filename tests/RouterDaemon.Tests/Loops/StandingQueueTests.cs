using NTMobile.RouterDaemon.Loops;

namespace NTMobile.RouterDaemon.Tests.Loops;

/// <summary>When a loop tells senders to slow down: CoDel's control law (RFC 8289).</summary>
public sealed class StandingQueueTests
{
    private readonly StandingQueue _queue = new();

    [Fact]
    public void Nobody_is_told_while_the_uplink_has_room_however_long_packets_wait_for_the_processor()
    {
        Assert.DoesNotContain(true, Ask(0, 10_000));
    }

    [Fact]
    public void A_burst_that_is_gone_within_an_interval_costs_nothing()
    {
        for (var burst = 0; burst < 20; burst++)
        {
            _queue.UplinkWasFull(burst * 100);
            Assert.DoesNotContain(true, Ask(burst * 100, (burst * 100) + 99));
            _queue.WasEmpty();
        }
    }

    [Fact]
    public void A_standing_queue_tells_one_sender_after_an_interval_and_then_more_and_more_often()
    {
        _queue.UplinkWasFull(1000);
        int[] told = [.. Ask(1000, 2000).Select((told, ms) => told ? ms : -1).Where(ms => ms >= 0)];
        Assert.Equal([100, 200, 271, 329, 379, 424], told[..6]); // 100 / √n after one another
    }

    [Fact]
    public void It_stops_at_once_when_the_queue_is_empty_and_goes_on_where_it_was_when_it_stands_again_soon()
    {
        _queue.UplinkWasFull(0);
        Assert.Equal(14, Ask(0, 700).Count(t => t));
        _queue.WasEmpty();
        Assert.DoesNotContain(true, Ask(700, 800));

        _queue.UplinkWasFull(800);
        Assert.True(Ask(800, 1100).Count(t => t) > 6);

        _queue.WasEmpty();
        _queue.UplinkWasFull(10_000);
        Assert.Equal(3, Ask(10_000, 10_299).Count(t => t));
    }

    // Asks every millisecond, as a loop does with every packet.
    private bool[] Ask(int from, int to) => [.. Enumerable.Range(from, to - from).Select(ms => _queue.MustSlow(ms))];
}
