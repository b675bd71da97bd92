using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Packets;
using NTMobile.RouterDaemon.PortMapping;

namespace NTMobile.RouterDaemon.Tests.PortMapping;

public sealed class UplinkMapperTests
{
    private static readonly IPEndPoint Gateway = new(IPAddress.Loopback, 9);
    private static readonly GatewayLink Link = new(null, Endpoint.Parse("127.0.0.1:4330"), Gateway, Gateway);
    private readonly WaitedClock _clock = new();
    private readonly FakeProtocol _first = new("first", 1);
    private readonly FakeProtocol _second = new("second", 2);

    [Fact]
    public async Task The_first_protocol_that_is_granted_is_renewed_at_half_of_its_time()
    {
        _first.Grants = false;
        var mapper = Start();
        await _clock.IsWaitedForAsync();
        Assert.Equal(new OpenMapping("second", _second.Outside), mapper.Open);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, _second.Opened);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.IsWaitedForAsync();
        Assert.Equal((1, 2), (_first.Opened, _second.Opened));
        await mapper.DisposeAsync();
        Assert.True(_second.Closed);
    }

    [Fact]
    public async Task A_port_that_is_no_longer_granted_stays_until_its_time_is_over_and_then_all_are_asked()
    {
        var mapper = Start();
        await _clock.IsWaitedForAsync();
        Assert.Equal("first", mapper.Open!.Protocol);
        _first.Grants = false;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await _clock.IsWaitedForAsync();
        Assert.Equal("first", mapper.Open.Protocol);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await _clock.IsWaitedForAsync();
        Assert.Equal("second", mapper.Open!.Protocol);
        Assert.Equal((4, 1), (_first.Opened, _second.Opened));
        await mapper.DisposeAsync();
    }

    [Fact]
    public async Task While_nobody_grants_anything_the_pauses_grow()
    {
        _first.Grants = _second.Grants = false;
        var mapper = Start();
        for (var (round, pause) = (1, 4); round <= 10; round++, pause = Math.Min(2 * pause, 1024))
        {
            await _clock.IsWaitedForAsync();
            Assert.True(mapper is { HasAsked: true, Open: null });
            Assert.Equal((round, round), (_first.Opened, _second.Opened));
            _clock.Advance(TimeSpan.FromSeconds(pause - 1));
            Assert.Equal(round, _second.Opened);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await mapper.DisposeAsync();
    }

    [Fact]
    public async Task Another_outer_port_is_shown()
    {
        var mapper = Start();
        await _clock.IsWaitedForAsync();
        _first.Outside = _first.Outside.WithPort(9);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await _clock.IsWaitedForAsync();
        Assert.Equal(9, mapper.Open!.Outside.Port);
        await mapper.DisposeAsync();
    }

    [Theory]
    [InlineData(100, 60, 160, false)]
    [InlineData(100, 60, 157, false)] // RFC 6887 §8.5: a sixteenth and two seconds are drift
    [InlineData(100, 60, 3, true)]
    [InlineData(100, 60, 99, true)] // stood still
    [InlineData(100, 60, 300, true)] // jumped ahead
    [InlineData(100, 1, 99, false)]
    [InlineData(uint.MaxValue, 60, 0, true)]
    public void An_epoch_that_does_not_fit_shows_a_restart(uint before, int seconds, uint after, bool restarted)
    {
        var epochs = new EpochClock(_clock);
        Assert.False(epochs.ShowsRestart(before));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(restarted, epochs.ShowsRestart(after));
    }

    private UplinkMapper Start() => new(Link, [_first, _second], _clock, () => { }, new DaemonLog(NullLogger.Instance));

    /// <summary>A clock that tells when somebody waits for it: then all that was to be done before is done.</summary>
    private sealed class WaitedClock : FakeTimeProvider
    {
        private readonly SemaphoreSlim _timers = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Release();
            return timer;
        }

        public async Task IsWaitedForAsync() => Assert.True(await _timers.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private sealed class FakeProtocol(string name, byte host) : IMappingProtocol
    {
        public string Name => name;

        public bool Grants { get; set; } = true;

        public Endpoint Outside { get; set; } = Endpoint.FromIpv4(0xCB00_7100u + host, 4330);

        public int Opened { get; private set; }

        public bool Closed { get; private set; }

        public Task<OpenPort?> OpenAsync(CancellationToken cancel)
        {
            Opened++;
            return Task.FromResult(Grants ? new OpenPort(Outside, TimeSpan.FromSeconds(120), null) : null);
        }

        public Task CloseAsync(CancellationToken cancel)
        {
            Closed = true;
            return Task.CompletedTask;
        }
    }
}
