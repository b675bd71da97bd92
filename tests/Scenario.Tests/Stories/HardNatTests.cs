using NTMobile.Packets;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Direct paths through NATs that give another port for each remote endpoint.</summary>
public sealed class HardNatTests
{
    private const int Trials = 25;
    private static readonly Endpoint OtherDevice = Endpoint.FromIpv4(0xC0A8_0163, 5000);

    [Theory]
    [InlineData("symmetric", "home", 22)]
    [InlineData("home", "symmetric", 22)]
    [InlineData("symmetric", "firewall", 22)]
    [InlineData("symseq", "home", 25)]
    [InlineData("home", "symseq", 25)]
    [InlineData("symseq", "symseq", 20)]
    public void Most_trials_become_direct_within_five_seconds(string one, string other, int atLeast)
    {
        var direct = Enumerable.Range(1, Trials).Count(seed => IsDirect(one, other, (ulong)seed));
        Assert.InRange(direct, atLeast, Trials);
    }

    [Theory]
    [InlineData("symmetric", "symmetric")]
    [InlineData("symmetric", "symseq")]
    public void Two_NATs_of_which_one_gives_random_ports_stay_with_the_relay(string one, string other) =>
        Assert.False(IsDirect(one, other, 1));

    [Fact]
    public void Nobody_keeps_sockets_that_carry_nothing()
    {
        var pair = new Pair(Preset.Symmetric, Preset.Home).Meet();
        Assert.False(pair.AtAlice.Path!.IsRelay);
        pair.World.Run(10);
        Assert.InRange(pair.Alice.FurtherSockets, 1, 4);
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(10);
        Assert.True(pair.World.Echo(pair.Laptop, pair.AsLaptopSees));
        Assert.Equal(0, pair.Alice.FurtherSockets);
    }

    [Theory]
    [InlineData("symmetric", "home")]
    [InlineData("home", "symmetric")]
    public void A_try_that_met_no_open_port_is_made_again_soon(string one, string other)
    {
        foreach (var seed in Enumerable.Range(1, 3 * Trials))
        {
            Assert.True(IsDirect(one, other, (ulong)seed) || IsDirect(one, other, (ulong)seed, 40));
        }
    }

    [Fact]
    public void Ports_that_other_connections_take_between_forecast_and_probes_do_no_harm()
    {
        var direct = Enumerable.Range(1, Trials).Count(seed =>
        {
            var pair = new Pair(Preset.Sequential, Preset.Sequential, (ulong)seed);
            pair.MeetOnce();
            for (ushort connection = 1; connection <= 50; connection++)
            {
                foreach (var router in (MemoryRouter[])[pair.Alice, pair.Bob])
                {
                    router.Site.Nat.Out(OtherDevice, Endpoint.FromIpv4(0x0808_0808, connection), pair.NowMs);
                }

                pair.World.Run(0.1);
            }

            return !pair.AtAlice.Path!.IsRelay && pair.World.Echo(pair.Laptop, pair.AsLaptopSees);
        });
        Assert.InRange(direct, 20, Trials);
    }

    [Fact]
    public void A_peer_that_has_no_udp_does_not_keep_another_from_a_direct_path()
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", Preset.Symmetric);
        var office = world.AddRouter("office", Preset.Home);
        office.Site.Line.BlocksUdp = true;
        var home = world.AddRouter("home", Preset.Home);
        var laptop = alice.AddDevice("laptop");
        var (printer, camera) = (office.AddDevice("printer", isShared: true), home.AddDevice("camera", isShared: true));
        world.UntilReady(alice, office, home);

        world.Meet(laptop, printer);
        world.Run(0.5); // alice asks the office's router, which does not answer
        world.Meet(laptop, camera);
        world.Run(2);
        Assert.False(alice.Status.Peers.Single(p => p.Name.StartsWith("home", StringComparison.Ordinal)).Path!.IsRelay);
    }

    // As long as its turn has not come, the initiator answers its peer; it must not ask in the middle of that.
    [Fact]
    public void Two_NATs_with_ports_in_order_find_each_other_though_one_end_is_busy_with_another_peer()
    {
        var direct = Enumerable.Range(1, Trials).Count(seed =>
        {
            var world = new MemoryWorld((ulong)seed);
            var alice = world.AddRouter("alice", Preset.Sequential);
            var train = world.AddRouter("train", Preset.Symmetric);
            var other = world.AddRouter("other", Preset.Sequential);
            var laptop = alice.AddDevice("laptop");
            var (phone, camera) = (train.AddDevice("phone", isShared: true), other.AddDevice("camera", isShared: true));
            world.UntilReady(alice, train, other);

            world.Meet(laptop, phone);
            world.Run(0.05 * (seed % 10));
            world.Meet(laptop, camera);
            world.Run(3.5);
            return !alice.Status.Peers.Single(p => p.Name.StartsWith("other", StringComparison.Ordinal)).Path!.IsRelay;
        });
        Assert.InRange(direct, 22, Trials);
    }

    // What bob opens towards a third router would take the ports that alice foretold; he waits until her try is over.
    [Fact]
    public void Who_answers_a_plan_opens_no_ports_towards_others_meanwhile()
    {
        var direct = Enumerable.Range(1, Trials).Count(seed =>
        {
            var world = new MemoryWorld((ulong)seed);
            var alice = world.AddRouter("alice", Preset.Sequential);
            var bob = world.AddRouter("bob", Preset.Sequential);
            var home = world.AddRouter("home", Preset.Home);
            var (laptop, phone) = (alice.AddDevice("laptop"), bob.AddDevice("phone"));
            var (camera, printer) = (bob.AddDevice("camera", isShared: true), home.AddDevice("printer", isShared: true));
            world.UntilReady(alice, bob, home);

            world.Meet(laptop, camera);
            world.Run(0.02 * seed);
            world.Meet(phone, printer);
            world.Run(2.2 - (0.02 * seed)); // a second try comes later
            var first = !alice.Status.Peers[0].Path!.IsRelay;
            world.Run(3);
            Assert.False(bob.Status.Peers.Single(p => p.Name.StartsWith("home", StringComparison.Ordinal)).Path!.IsRelay);
            return first;
        });
        Assert.InRange(direct, 24, Trials);
    }

    private static bool IsDirect(string one, string other, ulong seed, int seconds = 5)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), seed);
        pair.MeetOnce();
        pair.World.Run(seconds);
        Assert.Equal(pair.AtAlice.Path!.IsRelay, pair.AtBob.Path!.IsRelay);
        return !pair.AtAlice.Path.IsRelay && pair.World.Echo(pair.Laptop, pair.AsLaptopSees);
    }
}
