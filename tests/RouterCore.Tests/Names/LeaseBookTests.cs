using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Names;

/// <summary>Virtual addresses: the same for a device for ever, and not given to another soon.</summary>
public sealed class LeaseBookTests
{
    private static readonly AddressPrefix Small = new(0xC612_0000, 29); // six usable addresses

    [Fact]
    public void A_device_keeps_its_address()
    {
        var bench = new NodeBench();
        var first = bench.Leases.Get("bob.ntm.test", "camera")!;
        bench.Leases.Get("bob.ntm.test", "nas");
        bench.Time.Advance(TimeSpan.FromDays(100));
        Assert.Equal(first.Address, bench.Leases.Get("bob.ntm.test", "camera")!.Address);

        var restarted = new NodeBench();
        restarted.Leases.Load(bench.Saved);
        Assert.Equal(first.Address, restarted.Leases.Get("bob.ntm.test", "camera")!.Address);
    }

    [Fact]
    public void Every_device_has_an_address_of_its_own_inside_the_prefix()
    {
        var bench = new NodeBench(Small);
        var addresses = Enumerable.Range(0, 6).Select(i => bench.Leases.Get("bob.ntm.test", $"d{i}")!.Address).ToArray();
        Assert.Equal(Enumerable.Range(1, 6).Select(i => Small.Network + (uint)i), addresses.Order());
        Assert.Null(bench.Leases.Get("bob.ntm.test", "one-too-many"));
    }

    [Fact]
    public void An_address_rests_for_thirty_days_after_its_last_use()
    {
        var bench = new NodeBench(Small);
        var first = bench.Leases.Get("bob.ntm.test", "d0")!;
        for (var i = 1; i < 6; i++)
        {
            bench.Leases.Get("bob.ntm.test", $"d{i}");
        }

        bench.Time.Advance(TimeSpan.FromDays(29));
        for (var i = 1; i < 6; i++)
        {
            bench.Leases.Get("bob.ntm.test", $"d{i}"); // still in use
        }

        Assert.Null(bench.Leases.Get("carol.ntm.test", "new"));
        bench.Time.Advance(TimeSpan.FromDays(1.1));
        Assert.Equal(first.Address, bench.Leases.Get("carol.ntm.test", "new")!.Address);
        Assert.Equal(("carol.ntm.test", "new"), (bench.Leases.ByAddress(first.Address)!.Peer, bench.Leases.ByAddress(first.Address)!.Device));
        Assert.Null(bench.Leases.Get("bob.ntm.test", "d0")); // its own is gone, and no other is free
    }

    [Fact]
    public void What_the_store_kept_of_another_prefix_is_left_out()
    {
        var bench = new NodeBench(Small);
        bench.Leases.Load([new VirtualLease("bob.ntm.test", "camera", 0x0A00_0001, default)]);
        Assert.Null(bench.Leases.ByAddress(0x0A00_0001));
    }
}
