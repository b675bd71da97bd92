using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>What passes the places with the kernel alone.</summary>
public sealed class OrdinaryReachabilityTests(OrdinaryReachabilityTests.OneSitePerPreset fixture)
    : WorldTest<OrdinaryReachabilityTests.OneSitePerPreset>(fixture)
{
    private const int Port = 5201;

    public sealed class OneSitePerPreset : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            foreach (Preset preset in Presets.All)
            {
                world.Site($"{preset}-r", preset, new SiteOptions { OrdinaryNat = true });
            }
        }

        protected override async Task StartAsync()
        {
            await Iperf3.ServeAsync(World.Host("srv1"));
            foreach (Site site in World.Sites)
            {
                await Iperf3.ServeAsync(site.Router, Port);
            }
        }
    }

    public static TheoryData<string> AllPresets => [.. Presets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(AllPresets))]
    public async Task A_device_reaches_a_server(string preset)
    {
        Host device = World.Site($"{preset}-r").Device;

        await device.RunAsync("ping", "-c1", "-W2", $"{World.Host("srv1").Address}");
        Throughput flow = await Iperf3.TcpAsync(device, World.Host("srv1").Address, TimeSpan.FromSeconds(1));

        Assert.True(flow.BitsPerSecond > 0);
    }

    [Theory]
    [InlineData("cloud", true)]
    [InlineData("home", false)]
    [InlineData("symmetric", false)]
    [InlineData("firewall", false)]
    public async Task The_outside_reaches_a_router_only_where_nothing_stands_in_front(string preset, bool reached)
    {
        Site site = World.Site($"{preset}-r");
        IPAddress seen = site.Uplink.Place.Preset.IsPublic ? site.Uplink.Address! : site.Uplink.Place.WanAddress;

        Assert.Equal(reached, await ConnectsAsync(World.Host("srv1"), new(seen, Port)));
    }

    private static async Task<bool> ConnectsAsync(Host host, IPEndPoint server)
    {
        using Socket socket = host.RunInside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await socket.ConnectAsync(server, patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
