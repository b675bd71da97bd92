using System.Net;
using System.Net.Sockets;
using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>alice moves between places with every kind of NAT for translated packets; bob has a public address.</summary>
public sealed class TranslatingWorld : ProductFixture
{
    public const int FileBytes = 16 << 20;
    public const string Blind = "blind";
    public const string Checked = "checked";
    public const string Chain = "chain";
    public const string Open = "open";

    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    public Host Laptop => Alice.Site.Device;

    public Host Nas => Bob.Site.Device;

    public string NasName => Bob.Name("nas");

    protected override string Translation => "pccom";

    protected override void Describe(WorldBuilder world)
    {
        var blind = new PlaceOptions { ConntrackChecksum = false };
        world.Place(Presets.Cloud, Open);
        world.Place(Presets.Home, Blind, blind);
        world.Place(Presets.Home, Checked, new PlaceOptions { ConntrackChecksum = true });
        world.Place(Presets.Chain(10), Chain, blind);
        world.Site("alice", [Open]);
        world.Site("bob", Presets.Cloud);
    }

    protected override async Task StartAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(World.Lab.LogFolder, "www")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), new byte[FileBytes]);
        await HttpFileServer.StartAsync(Nas, folder);
        await Bob.ShareAsync(Nas, "nas");
    }
}

public sealed class TranslationTests(TranslatingWorld fixture, ITestOutputHelper output) : ProductTest<TranslatingWorld>(fixture)
{
    // Not the tunnel's own datagrams, which a NAT may show as any port.
    private const string Ports = "portrange 61440-65535 and not port 4330";
    private const int EthernetFull = 1514;
    private const ushort NasPort = 7000;

    // One NAT is tried by the other tests too.
    public static TheoryData<string> Places => Environment.GetEnvironmentVariable("NTM_FULL") == "1"
        ? [TranslatingWorld.Open, TranslatingWorld.Blind, TranslatingWorld.Chain]
        : [TranslatingWorld.Open, TranslatingWorld.Chain];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Tcp_and_udp_cross_in_packets_of_1500_bytes_enciphered_and_not_a_byte_longer(string place)
    {
        await MoveToAsync(place);
        await UntilProvedAsync();
        var captures = new[]
        {
            await Capture.StartAsync(Fixture.Alice.Site.Router, "wan0", Ports), await Capture.StartAsync(Fixture.Bob.Site.Router, "wan0", Ports),
        };

        await FetchAsync("12M"); // slow enough that the flow has its lane for most of the time
        var (sent, arrived) = await SendDatagramsAsync(200);
        foreach (var capture in captures)
        {
            await capture.StopAsync();
        }

        Assert.Equal(sent, arrived);
        foreach (var capture in captures)
        {
            var (tcp, udp) = (await capture.CountPacketsAsync($"tcp and greater {EthernetFull}"), await capture.CountPacketsAsync($"udp and greater {EthernetFull}"));
            output.WriteLine($"{place}: {tcp} TCP and {udp} UDP packets of 1,500 bytes");
            Assert.True(tcp > TranslatingWorld.FileBytes / 1500 / 2, $"only {tcp} TCP packets of 1,500 bytes");
            Assert.InRange(udp, sent * 7 / 10, sent + 50);
            Assert.Equal(0, await capture.CountPacketsAsync($"greater {EthernetFull + 1}"));
            Assert.False(await capture.ContainsBytesAsync(new byte[256]), "the file's zeros were seen on the way");
        }

        var session = (await Fixture.Alice.SessionAsync("bob"))!.Value.GetProperty("translation");
        Assert.Equal("pccom", session.GetProperty("kind").GetString());
        Assert.True(session.GetProperty("packetsIn").GetInt64() > TranslatingWorld.FileBytes / 1500 / 2);
    }

    [Fact]
    public async Task Behind_a_nat_that_checks_checksums_all_stays_in_the_tunnel_and_nothing_is_lost()
    {
        await MoveToAsync(TranslatingWorld.Checked);
        await AssertTunnelCarriesAllAsync();
    }

    [Fact]
    public async Task Where_an_offload_makes_checksums_anew_all_stays_in_the_tunnel_and_nothing_is_lost()
    {
        await MoveToAsync(TranslatingWorld.Open);
        await using var offload = await ChecksumOffload.StartAsync(Fixture.World.Lab.Place(TranslatingWorld.Blind).Host);
        await MoveToAsync(TranslatingWorld.Blind);
        await AssertTunnelCarriesAllAsync();
    }

    [Fact]
    public async Task A_download_goes_on_when_the_path_stops_carrying_translated_packets()
    {
        await MoveToAsync(TranslatingWorld.Blind);
        await UntilProvedAsync();
        var place = Fixture.World.Lab.Place(TranslatingWorld.Blind).Host;
        var download = Fixture.Laptop.RunAsync("curl", "-sS", "--fail", "-m", "30", "--limit-rate", "2M", "-o", "/dev/null", "-w", "%{size_download}", $"http://{Fixture.NasName}/file");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await place.RunAsync("sysctl", "-qw", "net.netfilter.nf_conntrack_checksum=1");
        try
        {
            await Asking.UntilAsync("it is noticed", TimeSpan.FromSeconds(10), async () => await KindAsync() == "none");
            Assert.Equal($"{TranslatingWorld.FileBytes}", await download);
        }
        finally
        {
            await place.RunAsync("sysctl", "-qw", "net.netfilter.nf_conntrack_checksum=0");
        }
    }

    [Fact]
    public async Task While_the_service_is_dead_nobody_answers_for_it()
    {
        await Fixture.Bob.Process.KillAsync();
        try
        {
            var bob = Fixture.Bob.Site.Uplink.Address!;
            Assert.Equal(SocketError.TimedOut, Fixture.World.ServerHost.RunInside(() => Connect(bob, 61500)));
            Assert.Equal(SocketError.ConnectionRefused, Fixture.World.ServerHost.RunInside(() => Connect(bob, 9)));
        }
        finally
        {
            await Fixture.Bob.Process.RestartAsync();
        }
    }

    private async Task MoveToAsync(string place)
    {
        await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place(place));
        await Fixture.Laptop.ReachesAsync(Fixture.NasName);
        await Asking.UntilAsync("the path is direct", TimeSpan.FromSeconds(20), () => Fixture.Alice.IsDirectAsync("bob"));
    }

    private Task UntilProvedAsync() => Asking.UntilAsync("a flow of its own has a lane", TimeSpan.FromSeconds(30), async () =>
    {
        await FetchAsync();
        return await KindAsync() == "pccom" && await KindAsync(Fixture.Bob, "alice") == "pccom";
    });

    private Task<string?> KindAsync() => KindAsync(Fixture.Alice, "bob");

    private static async Task<string?> KindAsync(ProductRouter router, string peer) => (await router.SessionAsync(peer))?.GetProperty("translation") is { ValueKind: System.Text.Json.JsonValueKind.Object } translation
        ? translation.GetProperty("kind").GetString()
        : null;

    private Task<string> FetchAsync(string rate = "1G") => Fixture.Laptop.RunAsync(
        "curl", "-sS", "--fail", "-m", "20", "--limit-rate", rate, "-o", "/dev/null", $"http://{Fixture.NasName}/file");

    private async Task AssertTunnelCarriesAllAsync()
    {
        var capture = await Capture.StartAsync(Fixture.Bob.Site.Router, "wan0", $"{Ports} and greater {EthernetFull}");
        await FetchAsync("6M"); // longer than the path's probes need to fail
        var (sent, arrived) = await SendDatagramsAsync(200);
        await capture.StopAsync();
        Assert.Equal(sent, arrived);
        Assert.NotEqual("pccom", await KindAsync());
        Assert.InRange(await capture.CountPacketsAsync(), 0, 60); // probes
    }

    // UDP datagrams of 1,472 bytes that may be fragmented, so that the tunnel carries those before there is a lane.
    private async Task<(int Sent, int Arrived)> SendDatagramsAsync(int count)
    {
        using var end = new CancellationTokenSource();
        var nas = Fixture.Nas.RunInside(() => Bound(NasPort));
        var receiving = Task.Run(() => CountAsync(nas, end.Token));
        var target = new IPEndPoint(IPAddress.Parse(await Fixture.Laptop.ResolveAsync(Fixture.NasName)), NasPort);
        using (var laptop = Fixture.Laptop.RunInside(() => Bound(0)))
        {
            var datagram = new byte[1472];
            for (var i = 0; i < count; i++)
            {
                BitConverter.TryWriteBytes(datagram, i);
                laptop.SendTo(datagram, target);
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await end.CancelAsync();
        return (count, await receiving);
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { DontFragment = false };
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private static async Task<int> CountAsync(Socket socket, CancellationToken end)
    {
        using (socket)
        {
            var (seen, buffer) = (new HashSet<int>(), new byte[2000]);
            try
            {
                while (true)
                {
                    if (await socket.ReceiveAsync(buffer, end) == 1472)
                    {
                        seen.Add(BitConverter.ToInt32(buffer));
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return seen.Count;
            }
        }
    }

    private static SocketError Connect(IPAddress address, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(address, port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // it goes on
        }

        return socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite)
            ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!
            : SocketError.TimedOut;
    }
}
