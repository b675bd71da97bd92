using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.RouterCore.Tests.Translation;

public sealed class OutsideHostsTests
{
    private static readonly UInt128 First = new(0x2001_0DB8_0009_0000, 1);
    private readonly OutsideHosts _hosts = new(AddressPrefix.Virtual.LastEighth, new SeededRandom(5));

    [Fact]
    public void A_host_keeps_its_address_and_is_found_by_it()
    {
        Assert.Null(_hosts.Find(First));
        var host = _hosts.Get(First, 0)!;
        Assert.Same(host, _hosts.Get(First, 100_000));
        Assert.Same(host, _hosts.Find(First));
        Assert.Same(host, _hosts.Find(host.StandIn));
        Assert.Equal("198.19.192.0/18", $"{AddressPrefix.Virtual.LastEighth}");
        Assert.True(_hosts.Contains(host.StandIn));
        Assert.Null(_hosts.Find(0xC612_0005u));
    }

    [Fact]
    public void Who_comes_from_many_addresses_takes_them_from_his_own_network()
    {
        var others = Enumerable.Range(1, 40).Select(i => _hosts.Get(First + ((UInt128)i << 80), 0)).ToArray();
        var given = Enumerable.Range(0, 10_000).Count(i => _hosts.Get(First + (UInt128)i, 1) is not null);
        Assert.InRange(given, 32, 64);
        Assert.All(others, o => Assert.Same(o, _hosts.Get(o!.Address, 1)));
    }

    [Fact]
    public void The_idlest_gives_way_after_half_a_minute_and_what_was_its_is_not_the_next_ones()
    {
        var hosts = Enumerable.Range(0, 64).Select(i => _hosts.Get(First + (UInt128)i, (uint)i / 4)!).ToArray();
        Assert.Null(_hosts.Get(First + 64, 29));
        var next = _hosts.Get(First + 64, 64)!;
        Assert.Equal(hosts[0].StandIn, next.StandIn);
        Assert.NotEqual(hosts[0].Number, next.Number);
        Assert.Same(next, _hosts.Find(next.StandIn));
        Assert.Null(_hosts.Find(First));
        Assert.Same(hosts[40], _hosts.Find(hosts[40].StandIn));
    }
}
