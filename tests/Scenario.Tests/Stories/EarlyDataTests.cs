using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>The first packets ride on message 1 under a one-time key of the responder (docs/decisions/0022).</summary>
public sealed class EarlyDataTests
{
    private const int ToServersMs = 25;

    [Theory]
    [InlineData("home", "home", true)]
    [InlineData("symmetric", "symmetric", false)]
    [InlineData("cloud", "home", false)]
    [InlineData("home", "cloud", false)]
    public void The_first_echo_needs_one_round_trip_to_the_DS_and_one_to_the_peer(string one, string other, bool relayOnly)
    {
        var pair = Far(one, other, relayOnly);
        var began = pair.NowMs;
        var address = pair.World.Resolve(pair.Laptop, pair.Camera.Name).Address();
        Assert.True(pair.World.Echo(pair.Laptop, address));
        var echoed = pair.NowMs - began;

        Assert.True(echoed <= (2 * ToServersMs) + (4 * ToServersMs) + 20, $"the first echo came back after {echoed} ms");
        Assert.Single(pair.Camera.Arrivals);
    }

    [Fact]
    public void A_name_that_nobody_uses_makes_a_session_all_the_same()
    {
        var pair = Far("home", "home", relayOnly: true);
        pair.World.Resolve(pair.Laptop, pair.Camera.Name);
        pair.World.Run(1);
        Assert.NotNull(pair.AtAlice.Path);
        Assert.NotNull(pair.AtBob.Path);
    }

    [Fact]
    public void Packets_arrive_once_and_in_order_however_often_message_1_comes()
    {
        var pair = Far("home", "home", relayOnly: false);
        pair.Alice.Site.Line.Duplication = pair.Bob.Site.Line.Duplication = 1;
        var address = pair.World.Resolve(pair.Laptop, pair.Camera.Name).Address();
        for (byte i = 0; i < 20; i++)
        {
            pair.Laptop.SendUdp(address, 1000, 7, [i]); // a part of them finds room in message 1
        }

        pair.World.Run(5);
        Assert.Equal(Enumerable.Range(0, 20), pair.Camera.Arrivals.Select(a => (int)a.Payload[0]));
        Assert.Equal(Enumerable.Range(0, 20), pair.Laptop.Arrivals.Where(a => a.Protocol == IpProtocol.Udp && a.SourcePort == 7).Select(a => (int)a.Payload[0]));
    }

    [Fact]
    public void A_peer_that_has_forgotten_its_key_is_reached_under_its_static_one()
    {
        var pair = Far("home", "home", relayOnly: true);
        pair.Bob.Tell(new Stopping()); // it goes on in this world; only its keys are gone, and the DS does not know
        var address = pair.World.Resolve(pair.Laptop, pair.Camera.Name).Address();
        Assert.True(pair.World.Echo(pair.Laptop, address, seconds: 2));
        Assert.Single(pair.Camera.Arrivals);
    }

    [Fact]
    public void A_device_that_is_not_shared_gets_nothing_of_it()
    {
        var pair = Far("home", "home", relayOnly: true);
        var secret = pair.Bob.AddDevice("secret");
        pair.World.Run(1);
        pair.Laptop.Ask(secret.Name);
        pair.World.Run(3);
        Assert.Empty(secret.Arrivals);
    }

    [Fact]
    public void Keys_are_made_again_before_they_run_out()
    {
        var pair = Far("home", "home", relayOnly: true);
        for (var i = 0; i < 40; i++)
        {
            pair.Alice.Kill();
            pair.Alice.Start();
            pair.World.UntilReady(pair.Alice);
            pair.World.Run(6);
            var before = pair.NowMs;
            var address = pair.World.Resolve(pair.Laptop, pair.Camera.Name).Address();
            Assert.True(pair.World.Echo(pair.Laptop, address));
            Assert.True(pair.NowMs - before <= (6 * ToServersMs) + 20, $"contact {i} took {pair.NowMs - before} ms");
        }
    }

    private static Pair Far(string one, string other, bool relayOnly)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other));
        var line = TimeSpan.FromMilliseconds(ToServersMs) - pair.World.Directions.Site.Line.Delay;
        pair.Alice.Site.Line.Delay = pair.Bob.Site.Line.Delay = line;
        var routers = new[] { pair.Alice.Site.PublicAddress, pair.Bob.Site.PublicAddress };
        pair.World.Network.Lose = d => relayOnly && routers.Contains(d.From.Ipv4Address) && routers.Contains(d.To.Ipv4Address);
        pair.World.Run(5);
        return pair;
    }
}
