using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>What can be done to a running world, seen from inside it.</summary>
public sealed class ActionTests(ActionTests.OneSiteThreePlaces fixture) : WorldTest<ActionTests.OneSiteThreePlaces>(fixture)
{
    public sealed class OneSiteThreePlaces : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            world.Site("alice", Presets.Home, new SiteOptions { OrdinaryNat = true });
            world.Place(Presets.Cloud);
            world.Place(Presets.Home);
            world.Place(Presets.Symmetric);
        }

        protected override Task StartAsync() => Iperf3.ServeAsync(World.Host("srv1"));
    }

    private Site Alice => World.Site("alice");

    private string Server => World.Host("srv1").Address.ToString();

    [Theory]
    [InlineData("cloud1")]
    [InlineData("symmetric1")]
    [InlineData("home2")]
    public async Task A_replugged_router_has_a_new_address_and_not_the_old_one(string place)
    {
        await ReplugAsync(place);
        await ReplugAsync(place);
    }

    [Fact]
    public async Task A_replug_takes_the_carrier_and_then_the_time_of_DHCP()
    {
        Task replug = Alice.Uplink.ReplugAsync(World.Place("cloud1"), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));
        await Task.Delay(150);
        Assert.Equal("0", await CarrierAsync());
        Assert.Null(Alice.Uplink.Address);

        await Task.Delay(300);
        Assert.Equal("1", await CarrierAsync());
        Assert.Null(Alice.Uplink.Address);

        await replug;
        Assert.NotNull(Alice.Uplink.Address);
        Assert.True(await PingsAsync());
    }

    [Fact]
    public async Task A_link_goes_down_with_its_carrier_and_comes_back()
    {
        await Alice.Uplink.LinkDownAsync();
        Assert.Equal("0", await CarrierAsync());
        Assert.False(await PingsAsync());

        await Alice.Uplink.LinkUpAsync();
        Assert.Equal("1", await CarrierAsync());
        Assert.True(await PingsAsync());
    }

    [Fact]
    public async Task A_silent_drop_keeps_the_carrier()
    {
        await Alice.Uplink.DropSilentlyAsync(true);
        Assert.Equal("1", await CarrierAsync());
        Assert.False(await PingsAsync());

        await Alice.Uplink.DropSilentlyAsync(false);
        Assert.True(await PingsAsync());

        await Alice.Uplink.Place.DropSilentlyAsync(true);
        Assert.False(await PingsAsync());
        await Alice.Uplink.Place.DropSilentlyAsync(false);
        Assert.True(await PingsAsync());
    }

    [Fact]
    public async Task Blocked_UDP_leaves_TCP_alone()
    {
        Place place = Alice.Uplink.Place;
        await place.BlockUdpAsync(true);
        Throughput tcp = await Iperf3.TcpAsync(Alice.Device, Server, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<LabException>(
            () => Iperf3.UdpAsync(Alice.Device, Server, TimeSpan.FromSeconds(1), 1_000_000));

        await place.BlockUdpAsync(false);
        Throughput udp = await Iperf3.UdpAsync(Alice.Device, Server, TimeSpan.FromSeconds(1), 1_000_000);

        Assert.True(tcp.BitsPerSecond > 0);
        Assert.Equal(0, udp.Lost);
    }

    [Theory]
    [InlineData(1280, true)]
    [InlineData(1280, false)]
    [InlineData(576, true)]
    [InlineData(576, false)]
    public async Task A_smaller_MTU_refuses_larger_packets_with_or_without_a_word(int mtu, bool sendErrors)
    {
        Place place = Alice.Uplink.Place;
        await place.SetMtuAsync(mtu, sendErrors);

        ExecResult fits = await PingWithoutFragmentsAsync(mtu);
        ExecResult larger = await PingWithoutFragmentsAsync(mtu + 1);
        await place.SetMtuAsync(1500);
        await Alice.Device.IpAsync("route flush cache");

        Assert.True(fits.Succeeded, fits.Output);
        Assert.False(larger.Succeeded);
        Assert.Equal(sendErrors, (larger.Output + larger.Errors).Contains("mtu", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Dropped_ICMP_leaves_TCP_alone_and_ends_the_words_about_size()
    {
        Place place = Alice.Uplink.Place;
        await place.DropIcmpAsync(true);
        await place.SetMtuAsync(1280);

        bool echo = await PingsAsync();
        ExecResult larger = await PingWithoutFragmentsAsync(1281);
        Throughput tcp = await Iperf3.TcpAsync(Alice.Device, Server, TimeSpan.FromSeconds(1), "-M", "1200");
        await place.DropIcmpAsync(false);
        ExecResult answered = await PingWithoutFragmentsAsync(1281);
        await place.SetMtuAsync(1500);
        await Alice.Device.IpAsync("route flush cache");

        Assert.False(echo);
        Assert.DoesNotContain("mtu", larger.Output + larger.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("mtu", answered.Output + answered.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.True(tcp.BitsPerSecond > 0);
        Assert.True(await PingsAsync());
    }

    [Fact]
    public async Task One_breakage_does_not_undo_another()
    {
        Place place = Alice.Uplink.Place;
        await place.DropSilentlyAsync(true);
        await place.BlockUdpAsync(true);
        await place.BlockUdpAsync(false);
        Assert.False(await PingsAsync());

        await place.DropSilentlyAsync(false);
        Assert.True(await PingsAsync());
    }

    private async Task ReplugAsync(string place)
    {
        IPAddress? before = Alice.Uplink.Address;

        await Alice.Uplink.ReplugAsync(World.Place(place));

        string addresses = await Alice.Router.RunAsync("ip", "-4", "-o", "addr", "show", "dev", "wan0");
        Assert.NotEqual(before, Alice.Uplink.Address);
        Assert.DoesNotContain($" {before}/", addresses, StringComparison.Ordinal);
        Assert.Contains($" {Alice.Uplink.Address}/", addresses, StringComparison.Ordinal);
        Assert.True(await PingsAsync());
    }

    private Task<ExecResult> PingWithoutFragmentsAsync(int size) =>
        Alice.Device.ExecAsync("ping", "-c1", "-W1", "-M", "do", "-s", $"{size - 28}", Server);

    private Task<bool> PingsAsync() => Alice.Device.PingsAsync(World.Host("srv1").Address);

    private async Task<string> CarrierAsync() =>
        (await Alice.Router.RunAsync("cat", "/sys/class/net/wan0/carrier")).Trim();
}
