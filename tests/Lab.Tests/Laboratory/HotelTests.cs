using System.Net;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>A hotel's network before and after the form.</summary>
public sealed class HotelTests(HotelTests.Guests fixture) : WorldTest<HotelTests.Guests>(fixture)
{
    public sealed class Guests : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Resolver = world.Server("srv1", addresses: 2);
            string hotel = world.Place(Presets.Hotel);
            foreach (string name in new[] { "stranger", "guest" })
            {
                world.Site(name, [hotel], new SiteOptions { OrdinaryNat = true });
            }
        }

        protected override async Task StartAsync()
        {
            Host server = World.Host("srv1");
            await NatDiscovery.ServeAsync(server);
            await DnsServer.StartAsync(server, new Dictionary<string, IPAddress> { ["www.example"] = server.Address });
            string folder = Directory.CreateDirectory(Path.Combine(World.LogFolder, "page")).FullName;
            await File.WriteAllTextAsync($"{folder}/hello", "hello from outside");
            await HttpFileServer.StartAsync(server, folder);
            await CaptivePortal.SendFormAsync(World.Site("guest").Router, World.Site("guest").Uplink.Place);
        }
    }

    private Host Server => World.Host("srv1");

    private Site Stranger => World.Site("stranger");

    private Site Guest => World.Site("guest");

    [Fact]
    public async Task A_stranger_gets_names_and_the_page_with_the_form_and_nothing_else()
    {
        string portal = $"http://{Stranger.Uplink.Place.Gateway}/";
        using var client = new StunProbe(Stranger.Router, Server.Address);

        Assert.Equal($"{Server.Address}", (await Stranger.Router.RunAsync("dig", "+short", "www.example")).Trim());
        Assert.Equal(
            $"302 {portal}",
            await Stranger.Router.RunAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", "http://www.example/hello"));
        Assert.Contains("<form", await Stranger.Device.RunAsync("curl", "-sfL", $"http://{Server.Address}/hello"), StringComparison.Ordinal);
        Assert.False(await Stranger.Router.ConnectsAsync(new(Server.Address, 3478)));
        Assert.False(await Stranger.Router.PingsAsync(Server.Address));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.AskAsync());
    }

    [Fact]
    public async Task A_guest_has_the_Internet_behind_a_NAT_as_at_home()
    {
        NatDiscovery found = await NatDiscovery.AskAsync(Guest.Router, Guest.Uplink.Address!, Server);

        Assert.Equal(("Endpoint Independent Mapping", "Address and Port Dependent Filtering"), (found.Mapping, found.Filtering));
        Assert.Equal("hello from outside", await Guest.Device.RunAsync("curl", "-sf", "http://www.example/hello", "--resolve", $"www.example:80:{Server.Address}"));
    }

    [Fact]
    public async Task The_path_takes_1124_bytes_and_says_so()
    {
        ExecResult fits = await PingWithoutFragmentsAsync(1124);
        ExecResult larger = await PingWithoutFragmentsAsync(1125);

        Assert.True(fits.Succeeded, fits.Output);
        Assert.False(larger.Succeeded);
        Assert.Contains("mtu = 1124", larger.Output + larger.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_comes_again_fills_the_form_in_again()
    {
        Assert.True(await Guest.Router.PingsAsync(Server.Address));

        await Guest.Uplink.RenumberAsync();
        Assert.False(await Guest.Router.PingsAsync(Server.Address));

        await CaptivePortal.SendFormAsync(Guest.Router, Guest.Uplink.Place);
        Assert.True(await Guest.Router.PingsAsync(Server.Address));
    }

    private Task<ExecResult> PingWithoutFragmentsAsync(int size) =>
        Guest.Device.ExecAsync("ping", "-c1", "-W1", "-M", "do", "-s", $"{size - 28}", $"{Server.Address}");
}
