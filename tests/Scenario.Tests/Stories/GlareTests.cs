using NTMobile.Packets;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Both begin at the same time, or nearly. In the end there is one session, the same for both.</summary>
public sealed class GlareTests
{
    public static TheoryData<ulong, int> Starts
    {
        get
        {
            var starts = new TheoryData<ulong, int>();
            foreach (var seed in Seeds.Of(24, 500))
            {
                starts.Add(seed, (int)(seed * 7 % 120) - 60);
            }

            return starts;
        }
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void Both_begin_at_once_and_there_is_one_session(ulong seed, int bobLaterMs) => Meet(seed, bobLaterMs, 0);

    [Theory]
    [MemberData(nameof(Starts))]
    public void The_same_on_bad_lines(ulong seed, int bobLaterMs) => Meet(seed, bobLaterMs, 0.15);

    [Theory]
    [InlineData("cloud", "cloud")]
    [InlineData("symmetric", "symmetric")]
    public void Both_complete_their_own_handshake_before_they_hear_of_the_other_and_keep_the_same_one(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other));
        var (printer, phone) = (pair.Alice.AddDevice("printer", isShared: true), pair.Bob.AddDevice("phone"));
        pair.World.Run(2);
        var (routers, servers) = (new[] { pair.Alice, pair.Bob }.Select(r => r.Site.PublicAddress).ToArray(), pair.World.Directions.At);
        pair.World.Network.Lose = d => (DatagramType)d.Bytes[0] is DatagramType.Control or DatagramType.Locator or DatagramType.Data
            && routers.Contains(d.To.Ipv4Address) && d.From != servers;

        pair.Laptop.Ask(pair.Camera.Name);
        phone.Ask(printer.Name);
        pair.World.Run(0.4);
        Assert.Equal((2, 2), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        pair.World.Network.Lose = static _ => false;
        AssertEchoes(pair.World, pair.Laptop, pair.Camera);
        AssertEchoes(pair.World, phone, printer);
        var there = new Traffic(pair.World, pair.Laptop, pair.World.Resolve(pair.Laptop, pair.Camera.Name).Address(), pair.Camera);
        var back = new Traffic(pair.World, phone, pair.World.Resolve(phone, printer.Name).Address(), printer);
        pair.World.Run(20);

        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        Assert.Equal((0, 0), (there.LostBetween(0, pair.NowMs - 100), back.LostBetween(0, pair.NowMs - 100)));
        Assert.True(pair.AtAlice.EstablishedSeconds >= 20 && pair.AtBob.EstablishedSeconds >= 20);
    }

    // Each device asks once, and the other goes on answering for ten seconds. While two sessions are there, a question may go out in a context
    // of the one and its answers come in by the other.
    [Theory]
    [MemberData(nameof(Starts))]
    public void The_same_two_devices_begin_with_one_another_and_long_answers_come_whole(ulong seed, int bobLaterMs)
    {
        var pair = new Pair(Preset.All[(int)seed % 4], Preset.All[(int)(seed / 4) % 4], seed);
        var echo = new Share(null, new SharedPorts([new PortRange(IpProtocol.Udp, 7, 7)], everything: false));
        var (one, other) = (pair.Alice.AddDevice("one", echo), pair.Bob.AddDevice("other", echo));
        pair.World.Run(2);
        foreach (var line in new[] { pair.Alice.Site.Line, pair.Bob.Site.Line })
        {
            line.Jitter = TimeSpan.FromMilliseconds(seed % 40);
        }

        After(Math.Max(0, -bobLaterMs), () => one.Ask(other.Name));
        After(Math.Max(0, bobLaterMs), () => other.Ask(one.Name));
        Assert.True(pair.World.RunUntil(() => one.Answers.Count > 0 && other.Answers.Count > 0, 5));
        one.SendUdp(one.Answers[0].Address(), 1234, 7, [0]);
        other.SendUdp(other.Answers[0].Address(), 1234, 7, [0]);
        pair.World.RunUntil(() => one.Arrivals.Exists(IsAnswer) && other.Arrivals.Exists(IsAnswer), 5);
        for (byte number = 1; number <= 100; number++)
        {
            one.SendUdp(one.Answers[0].Address(), 7, 1234, [number]);
            other.SendUdp(other.Answers[0].Address(), 7, 1234, [number]);
            pair.World.Run(0.1);
        }

        // The session that is given up may take a packet along. (The question itself may come twice: in message 1 and in the session of the other end.)
        Assert.All(new[] { one, other }, device => Assert.InRange(device.Arrivals.Count(a => a.Payload[0] > 0), 99, 100));

        static bool IsAnswer(Arrival arrival) => arrival.DestinationPort == 1234;

        void After(int ms, Action what) => pair.World.Clock.After(TimeSpan.FromMilliseconds(ms), what);
    }

    private static void Meet(ulong seed, int bobLaterMs, double loss)
    {
        var pair = new Pair(Preset.All[(int)seed % 4], Preset.All[(int)(seed / 4) % 4], seed);
        var (printer, phone) = (pair.Alice.AddDevice("printer", isShared: true), pair.Bob.AddDevice("phone"));
        pair.World.Run(2); // the DS knows the printer
        foreach (var line in new[] { pair.Alice.Site.Line, pair.Bob.Site.Line })
        {
            (line.Loss, line.Jitter) = (loss, TimeSpan.FromMilliseconds(loss * 200));
        }

        After(Math.Max(0, -bobLaterMs), () => pair.Laptop.Ask(pair.Camera.Name));
        After(Math.Max(0, bobLaterMs), () => phone.Ask(printer.Name));
        pair.World.Run(25);

        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        foreach (var line in new[] { pair.Alice.Site.Line, pair.Bob.Site.Line })
        {
            line.Loss = 0;
        }

        AssertEchoes(pair.World, pair.Laptop, pair.Camera);
        AssertEchoes(pair.World, phone, printer);
        Assert.Equal((1, 1), (pair.Alice.Node.Links, pair.Bob.Node.Links));
        Assert.Equal(pair.AtAlice.EstablishedSeconds, pair.AtBob.EstablishedSeconds, 1.5);
        Assert.Equal(0, pair.Alice.SpinningTicks + pair.Bob.SpinningTicks);

        void After(int ms, Action what) => pair.World.Clock.After(TimeSpan.FromMilliseconds(ms), what);
    }

    private static void AssertEchoes(MemoryWorld world, Device device, Device other) =>
        Assert.True(world.Echo(device, world.Resolve(device, other.Name).Address(), port: 1234));
}
