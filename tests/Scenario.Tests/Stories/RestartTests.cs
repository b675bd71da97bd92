using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A router's process ends without a word and comes back with the same identity; a server too.</summary>
public sealed class RestartTests
{
    public static TheoryData<string, string, double> Restarts
    {
        get
        {
            var restarts = new TheoryData<string, string, double>();
            foreach (var away in new[] { 0.0, 0.8, 3, 40 })
            {
                restarts.Add("home", "home", away);
                restarts.Add("symmetric", "symmetric", away);
                restarts.Add("cloud", "home", away);
            }

            return restarts;
        }
    }

    [Theory]
    [MemberData(nameof(Restarts))]
    public void The_peer_of_a_router_that_restarts_finds_it_again(string one, string other, double away)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        pair.Bob.Kill();
        pair.World.Run(away);
        pair.Bob.Start();
        var began = pair.NowMs;
        pair.World.Run(12);

        Assert.InRange(there.FirstAfter(began), 0, 6000);
        Assert.InRange(back.FirstAfter(began), 0, 6000);
        pair.World.Run(10);
        AssertSettled(pair, there, back);
    }

    [Theory]
    [MemberData(nameof(Restarts))]
    public void A_router_that_restarts_finds_its_peer_again(string one, string other, double away)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        pair.Alice.Kill();
        pair.World.Run(away);
        pair.Alice.Start();
        var began = pair.NowMs;
        pair.World.Run(12);

        // The laptop's next packet makes the new session; the router needs its server first.
        Assert.InRange(there.FirstAfter(began), 0, 2000);
        Assert.InRange(back.FirstAfter(began), 0, 2000);
        pair.World.Run(10);
        AssertSettled(pair, there, back);
    }

    [Fact]
    public void A_new_certificate_is_shown_to_the_servers_and_nobody_notices()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Symmetric).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);
        var (sent, before) = (pair.AtAlice.PacketsOut, SerialAtServer(pair));

        pair.Alice.Tell(new CertificateRenewed(pair.World.Provider.Certify(pair.Alice.Name, CertificateRole.Node, pair.Alice.Identity)));
        pair.World.Run(5);

        Assert.True(SerialAtServer(pair) > before);
        Assert.True(pair.AtAlice.PacketsOut > sent); // the same session: a new one counts from zero
        Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 200), back.LostBetween(0, pair.NowMs - 200)));
    }

    [Fact]
    public void Both_restart_at_once()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);

        pair.Alice.Kill();
        pair.Bob.Kill();
        pair.Alice.Start();
        pair.Bob.Start();
        var began = pair.NowMs;
        pair.World.Run(12);

        Assert.InRange(there.FirstAfter(began), 0, 4000);
        Assert.InRange(back.FirstAfter(began), 0, 4000);
        AssertSettled(pair, there, back);
    }

    [Theory]
    [InlineData("home", "home", 0)]
    [InlineData("symmetric", "symmetric", 0)]
    [InlineData("symmetric", "symmetric", 8)]
    public void A_relay_that_restarts_is_joined_again(string one, string other, double away)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other)).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(1);
        var direct = !pair.AtAlice.Path!.IsRelay;

        pair.World.Relay.Stop();
        pair.World.Run(away);
        pair.World.Relay.Start();
        var began = pair.NowMs;
        pair.World.Run(30);

        if (direct)
        {
            Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 100), back.LostBetween(0, pair.NowMs - 100)));
        }
        else
        {
            Assert.InRange(there.FirstAfter(began), 0, 10_000);
            Assert.InRange(back.FirstAfter(began), 0, 10_000);
        }

        Assert.True(pair.Alice.IsReady && pair.Bob.IsReady);
        AssertSettled(pair, there, back);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void A_direction_server_that_restarts_disturbs_nobody_and_knows_all_again(double away)
    {
        var pair = new Pair(Preset.Home, Preset.Symmetric).Meet();
        var (there, back) = pair.Talk();

        pair.World.Directions.Stop();
        pair.World.Run(away);
        pair.World.Directions.Start();
        pair.World.Run(25);

        Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 100), back.LostBetween(0, pair.NowMs - 100)));
        Assert.True(pair.Alice.IsReady && pair.Bob.IsReady);
        var carol = pair.World.AddRouter("carol", Preset.Home);
        var tablet = carol.AddDevice("tablet");
        pair.World.UntilReady(carol);
        pair.World.Meet(tablet, pair.Camera);
    }

    [Fact]
    public void A_router_that_says_goodbye_is_forgotten_at_once()
    {
        var pair = new Pair(Preset.Home, Preset.Home).Meet();
        pair.Bob.Tell(new RouterCore.Stopping());
        pair.Bob.Kill();
        pair.World.Run(0.5);
        Assert.Equal(0, pair.Alice.Node.Links);
    }

    private static ulong SerialAtServer(Pair pair)
    {
        Assert.True(pair.World.Directions.Service.Sessions.TryFind(CertificateRole.Node, pair.Alice.Name, out var session));
        return session.Certificate.Serial;
    }

    private static void AssertSettled(Pair pair, Traffic there, Traffic back)
    {
        var now = pair.NowMs;
        pair.World.Run(3);
        Assert.Equal((0, 0), (there.LostBetween(now, pair.NowMs - 200), back.LostBetween(now, pair.NowMs - 200)));
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);
    }
}
