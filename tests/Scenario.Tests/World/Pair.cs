using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.World;

/// <summary>What most stories begin with: alice's laptop talks with bob's camera, which is shared. The laptop is not.</summary>
internal sealed class Pair
{
    public Pair(Preset one, Preset other, ulong seed = 1, bool blocksUdp = false, bool serversHaveIpv6 = false,
        TranslationMode translation = TranslationMode.Tunnel)
    {
        World = new MemoryWorld(seed, serversHaveIpv6);
        Alice = World.AddRouter("alice", World.Network.NewSite(one), translation);
        Bob = World.AddRouter("bob", World.Network.NewSite(other), translation);
        Alice.Site.Line.BlocksUdp = Bob.Site.Line.BlocksUdp = blocksUdp;
        Laptop = Alice.AddDevice("laptop");
        Camera = Bob.AddDevice("camera", isShared: true);
        World.UntilReady(Alice, Bob);
    }

    public MemoryWorld World { get; }

    public MemoryRouter Alice { get; }

    public MemoryRouter Bob { get; }

    public Device Laptop { get; }

    public Device Camera { get; }

    /// <summary>The camera as alice's LAN knows it.</summary>
    public uint AsLaptopSees { get; private set; }

    /// <summary>The laptop as bob's LAN knows it.</summary>
    public uint AsCameraSees { get; private set; }

    public long NowMs => World.Clock.NowMs;

    public PeerStatus AtAlice => Assert.Single(Alice.Status.Peers);

    public PeerStatus AtBob => Assert.Single(Bob.Status.Peers);

    /// <summary>Name, first echo, and the seconds that the best path needs to be found.</summary>
    public Pair Meet()
    {
        MeetOnce();
        World.Run(4);
        return this;
    }

    /// <summary>Name and first echo; on bad lines the laptop has patience.</summary>
    public void MeetOnce()
    {
        AsLaptopSees = World.Resolve(Laptop, Camera.Name).Address();
        Assert.True(Enumerable.Range(0, 20).Any(_ => World.Echo(Laptop, AsLaptopSees, seconds: 0.5)), "no echo came back");
        AsCameraSees = Camera.Arrivals[^1].Source;
    }

    /// <summary>Traffic both ways. The laptop's own packets make the camera's welcome.</summary>
    public (Traffic There, Traffic Back) Talk(double everyMs = 20, int length = 100)
    {
        var there = new Traffic(World, Laptop, AsLaptopSees, Camera, everyMs, length);
        return (there, new Traffic(World, Camera, AsCameraSees, Laptop, everyMs, length, there.Port));
    }
}
