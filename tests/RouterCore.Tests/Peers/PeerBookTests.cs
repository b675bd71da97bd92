using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Tests.Peers;

public sealed class PeerBookTests
{
    private readonly NodeBench _bench = new();

    [Fact]
    public void An_attempt_is_repeated_at_its_own_times_until_it_ends()
    {
        Begin("bob");
        foreach (var pause in new[] { 60, 120, 240, 480, 960, 1000, 1000 })
        {
            Assert.Equal(pause, _bench.DueInMs);
            Pass(pause);
        }

        Assert.Equal(140, _bench.DueInMs); // it gives up after 4 s
        Pass(140);
        Assert.True(_bench.DueInMs > TimeSpan.FromDays(1).TotalMilliseconds, "nobody waits for anything");
    }

    [Fact]
    public void What_begins_later_and_is_due_earlier_is_called_earlier()
    {
        Begin("bob");
        Pass(60);
        Pass(120);
        Assert.Equal(240, _bench.DueInMs);

        Begin("carol");
        Assert.Equal(60, _bench.DueInMs);
        Pass(60);
        Assert.Equal(120, _bench.DueInMs); // carol's second
        Pass(120);
        Assert.Equal(60, _bench.DueInMs); // bob's
    }

    [Fact]
    public void Names_that_lead_nowhere_do_not_fill_the_book()
    {
        for (var i = 0; i < 2000; i++)
        {
            _bench.Ask($"device.nobody{i}.{NodeBench.Zone}");
            _bench.Refuse(DirectionRefusalReason.NoSuchName);
            _bench.Peers.Tick();
            Assert.True(_bench.Peers.All.Count() <= 512, "too many names kept");
        }
    }

    private void Begin(string peer)
    {
        var group = _bench.NewGroup("family");
        _bench.Join(group);
        _bench.Ask($"device.{peer}.{NodeBench.Zone}");
        _bench.Route($"{peer}.{NodeBench.Zone}", group);
    }

    private void Pass(long ms)
    {
        _bench.Time.Advance(TimeSpan.FromMilliseconds(ms));
        _bench.Peers.Tick();
    }
}
