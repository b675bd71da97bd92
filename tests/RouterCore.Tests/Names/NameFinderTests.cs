using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Names;

/// <summary>A device sends to a virtual IPv6 address that it has from elsewhere; the DS is asked whose it is.</summary>
public sealed class NameFinderTests
{
    private static readonly UInt128 Camera = VirtualIpv6.Of("bob.ntm.test", "camera");
    private readonly NodeBench _bench = new();

    [Fact]
    public void What_waited_goes_on_when_the_name_is_known()
    {
        var (one, other) = (Packet(Camera, 1), Packet(Camera, 2));
        Assert.Equal(DropReason.None, _bench.HoldIpv6(one));
        _bench.Names.OnHeld(new Ipv6Held(other, PacketHints.None));
        Assert.Empty(_bench.Forwarded);
        _bench.Name("camera.bob.ntm.test");
        Assert.Equal([one, other], _bench.Forwarded);
        var lease = Assert.Single(_bench.Saved);
        Assert.Equal(("bob.ntm.test", "camera/6"), (lease.Peer, lease.Device));
        Assert.Equal(lease.Address, _bench.Tables.StandIns.Virtual(Camera));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("printer.bob.ntm.test")] // another address
    [InlineData("camera.bob.ntm.example")]
    [InlineData("bob")]
    public void A_name_whose_address_it_is_not_is_not_believed(string? name)
    {
        _bench.HoldIpv6(Packet(Camera, 1));
        _bench.Name(name);
        Assert.Empty(_bench.Forwarded);
        Assert.Empty(_bench.Saved);
        Assert.Equal(Icmpv6.DestinationUnreachable, Assert.Single(_bench.Errors)[Ipv6.HeaderLength]);
    }

    [Fact]
    public void The_routers_own_device_is_not_a_remote_one()
    {
        _bench.HoldIpv6(Packet(VirtualIpv6.Of("alice.ntm.test", "nas"), 1));
        _bench.Name("nas.alice.ntm.test");
        Assert.Empty(_bench.Forwarded);
        Assert.Single(_bench.Errors);
    }

    [Fact]
    public void An_address_that_nobody_has_is_asked_for_again_after_two_seconds_only()
    {
        _bench.HoldIpv6(Packet(Camera, 1));
        _bench.Name(null);
        Assert.Equal(DropReason.UnknownVirtualAddress, _bench.HoldIpv6(Packet(Camera, 2)));
        Assert.Equal(2, _bench.Errors.Count);
        _bench.Advance(2.1);
        Assert.Equal(DropReason.None, _bench.HoldIpv6(Packet(Camera, 3)));
        Assert.Equal(2, _bench.Errors.Count);
    }

    [Fact]
    public void Without_an_answer_the_sender_is_told_after_three_tries()
    {
        _bench.HoldIpv6(Packet(Camera, 1));
        _bench.Advance(4);
        Assert.Single(_bench.Errors);
        Assert.Empty(_bench.Forwarded);
    }

    [Fact]
    public void A_device_that_tries_many_addresses_makes_few_questions()
    {
        var taken = Enumerable.Range(0, 100).Count(i => _bench.HoldIpv6(Packet(Camera + (uint)i, 1)) == DropReason.None);
        Assert.Equal(32, taken);
        Assert.Equal(7, Enumerable.Range(0, 20).Count(i => _bench.HoldIpv6(Packet(Camera, (byte)i)) == DropReason.None)); // beside the first one
    }

    private static byte[] Packet(UInt128 to, byte number) => Six.Packet(Six.Alice.Local, to, IpProtocol.Udp, [0, 1, 0, 7, 0, 9, 0, 0, number]);
}
