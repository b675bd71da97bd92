using System.Net;
using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Network;
using NTMobile.RouterDaemon.Tests.Support;

namespace NTMobile.RouterDaemon.Tests.Service;

public sealed class RouterServiceTests : IDisposable
{
    private const string Nas = "02:00:00:00:00:01";
    private const string Cam = "02:00:00:00:00:02";
    private readonly ServiceWorld _world = new();

    public RouterServiceTests()
    {
        _world.Lan.Speak(Nas, "192.168.8.100");
        _world.Lan.Speak(Cam, "192.168.8.101");
        _world.Devices.Refresh();
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_fresh_router_says_that_it_is_not_enrolled()
    {
        var status = _world.Snapshot.Status;
        Assert.Equal((RouterState.NotEnrolled, false, ""), (status.State, status.Enrolled, status.Name));
        Assert.Equal(_world.Router.Fingerprint, status.Fingerprint);
        Assert.Empty(status.Warnings);
        Assert.Null(status.DirectionServer);
    }

    [Fact]
    public void Every_uplink_is_shown_up_or_not()
    {
        _world.Uplinks.Add(new WatchedUplink(
            new Uplink(3, "wwan0", Endpoint.Parse("10.1.2.3:4330"), 1420),
            new UplinkNetwork("wwan0", 1991, IPAddress.Parse("10.1.2.3"), 30, IPAddress.Parse("10.1.2.1"))));
        var (wan, wwan) = (_world.Snapshot.Status.Uplinks[0], _world.Snapshot.Status.Uplinks[1]);
        Assert.Equal(("wan0", false, null), (wan.Name, wan.Up, wan.Address));
        Assert.Equal(("wwan0", true, "10.1.2.3/30", "10.1.2.1", 1420), (wwan.Name, wwan.Up, wwan.Address, wwan.Gateway, wwan.Mtu));
        Assert.Equal(new(PortMappingState.Off, null, null), wwan.PortMapping);
    }

    [Fact]
    public async Task Netcheck_names_the_devices_that_ask_other_name_servers_the_latest_first()
    {
        var before = await _world.Service.CheckNetworkAsync(TestContext.Current.CancellationToken);
        Assert.Null(before.DnsBypass);
        _world.Name("nas", "192.168.8.100");
        _world.DnsPast =
        [
            new(Nas, IsTcp: false, 53, TimeSpan.FromSeconds(9)), new(Nas, IsTcp: true, 853, TimeSpan.FromSeconds(2)),
            new(Cam, IsTcp: true, 443, TimeSpan.FromSeconds(3)), new("02:00:00:00:00:0f", IsTcp: false, 853, TimeSpan.FromSeconds(4)),
            new(Cam, IsTcp: true, 53, TimeSpan.FromSeconds(5)),
        ];
        var report = await _world.Service.CheckNetworkAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                new("nas", DnsWay.Tls, 2, false), new("192.168.8.101", DnsWay.HttpsGuess, 3, false), new("02:00:00:00:00:0f", DnsWay.Quic, 4, false),
                new("192.168.8.101", DnsWay.Tcp, 5, false), new("nas", DnsWay.Udp, 9, true),
            ],
            report.DnsBypass!);
        Assert.Equal(PortMappingState.None, report.OpenPort.State);
    }

    [Fact]
    public void An_uplink_by_IPv6_and_a_NAT64_is_shown_as_one()
    {
        var network = new UplinkNetwork("wan0", 1990, IPAddress.Parse("2001:db8:1::7"), 64, IPAddress.Parse("fe80::1"));
        _world.Uplinks.Add(new WatchedUplink(new Uplink(4_000_003, "wan0", Endpoint.Parse("[2001:db8:1::7]:4330"), 1500), network));
        _world.Uplinks.Add(new WatchedUplink(
            new Uplink(8_000_001, "wan0", Endpoint.FromIpv4(Uplink.BehindNat64, 40000), 1500) { Nat64 = Nat64Prefix.Find(Endpoint.Parse("[64:ff9b::c000:aa]:0").Address) },
            network));
        var wan = _world.Snapshot.Status.Uplinks[0];
        Assert.Equal(("wan0", true, null, "2001:db8:1::7/64", "64:ff9b::/96", "fe80::1"), (wan.Name, wan.Up, wan.Address, wan.Address6, wan.Nat64, wan.Gateway));
    }

    [Fact]
    public void Devices_are_named_by_address_or_by_MAC_in_any_form()
    {
        var nas = _world.Name("NAS", "192.168.8.100").Value!;
        Assert.Equal(("nas", Nas, "192.168.8.100", true), (nas.Label, nas.Mac, nas.Address, nas.Confirmed));
        var cam = _world.Name("cam", mac: "02-00-00-00-00-02").Value!;
        Assert.Equal((Cam, "192.168.8.101"), (cam.Mac, cam.Address));
        var away = _world.Name("printer", "192.168.8.50", "02:00:00:00:00:AA").Value!;
        Assert.Equal(("02:00:00:00:00:aa", "192.168.8.50"), (away.Mac, away.Address));
        Assert.Equal(["cam", "nas", "printer"], _world.Snapshot.Devices.Select(d => d.Label!));
    }

    [Fact]
    public void Devices_without_a_name_are_shown_once()
    {
        _world.Lan.Stay(Cam, "192.168.8.77");
        _world.Name("nas", "192.168.8.100");
        var unnamed = Assert.Single(_world.Snapshot.Devices, d => d.Label is null);
        Assert.Equal((Cam, "192.168.8.101"), (unnamed.Mac, unnamed.Address));
        Assert.Equal(_world.Clock.GetUtcNow(), unnamed.LastSeen);
    }

    [Theory]
    [InlineData("", "192.168.8.100", null, ControlErrorCodes.Invalid)]
    [InlineData("two words", "192.168.8.100", null, ControlErrorCodes.Invalid)]
    [InlineData("a.b", "192.168.8.100", null, ControlErrorCodes.Invalid)]
    [InlineData("nas", "192.168.8.200", null, ControlErrorCodes.NotFound)]
    [InlineData("nas", "192.168.8", null, ControlErrorCodes.Invalid)]
    [InlineData("nas", "fe80::1", null, ControlErrorCodes.Invalid)]
    [InlineData("nas", "192.168.8.1", "02:00:00:00:00:01", ControlErrorCodes.Invalid)]
    [InlineData("nas", "192.168.9.1", "02:00:00:00:00:01", ControlErrorCodes.Invalid)]
    [InlineData("nas", null, "banana", ControlErrorCodes.Invalid)]
    [InlineData("nas", null, "01:00:5e:00:00:01", ControlErrorCodes.Invalid)]
    [InlineData("nas", null, "02:00:00:00:00:aa", ControlErrorCodes.NotFound)]
    public void What_is_no_name_or_no_device_is_refused(string label, string? address, string? mac, string code)
    {
        Assert.Equal(code, _world.Name(label, address, mac).Error?.Code);
        Assert.Empty(_world.Store.Devices.All);
    }

    [Fact]
    public async Task A_device_has_one_name_until_that_is_forgotten()
    {
        _world.Name("nas", "192.168.8.100");
        _world.Share("nas", "all");
        Assert.Equal(ControlErrorCodes.Conflict, _world.Name("disk", "192.168.8.100").Error?.Code);
        Assert.Null(await _world.Service.ForgetDeviceAsync("nas", default));
        Assert.Empty(_world.Snapshot.Shares);
        Assert.Empty(_world.Devices.Now().Devices);
        Assert.True(_world.Name("disk", "192.168.8.100").IsOk);
        Assert.True(_world.Name("nas", "192.168.8.101").IsOk); // the name is free for another device
        Assert.Equal(ControlErrorCodes.NotFound, (await _world.Service.ForgetDeviceAsync("printer", default))?.Code);
    }

    [Fact]
    public void The_owner_moves_a_name_to_another_device()
    {
        _world.Name("nas", "192.168.8.100");
        _world.Clock.Advance(TimeSpan.FromDays(1));
        _world.Name("nas", "192.168.8.100");
        Assert.Equal(KeyServerHost.Start, _world.Store.Devices.Find("nas")!.FirstSeen);
        Assert.Equal(Cam, _world.Name("nas", "192.168.8.101").Value?.Mac);
        Assert.Equal(_world.Clock.GetUtcNow(), _world.Store.Devices.Find("nas")!.FirstSeen);
    }

    [Fact]
    public async Task Shares_are_shown_in_normal_form_and_ended_by_their_id()
    {
        _world.Name("nas", "192.168.8.100");
        Assert.Equal(ControlErrorCodes.NotFound, _world.Share("printer", "tcp/80").Error?.Code);
        Assert.Equal(ControlErrorCodes.NotFound, _world.Share("nas", "tcp/80", "family").Error?.Code);
        var share = _world.Share("nas", "tcp/22,udp/5000-5010,icmp").Value!;
        Assert.Equal(new Share { Id = "nas", Device = "nas", Ports = "tcp/22,udp/5000-5010,icmp", Group = null }, share);
        var again = _world.Share("nas", "all").Value!;
        Assert.Equal([again], _world.Snapshot.Shares);
        Assert.Null(await _world.Service.UnshareAsync("nas", default));
        Assert.Equal(ControlErrorCodes.NotFound, (await _world.Service.UnshareAsync("nas", default))?.Code);
        Assert.Empty(_world.Snapshot.Shares);
    }

    [Fact]
    public async Task A_share_with_one_group_is_for_that_group_only()
    {
        await using var kms = await KeyServerHost.StartAsync();
        using var world = new ServiceWorld(await OneRouter.EnrolAsync(kms, "bag"));
        var family = await world.Router.InitAsync("family");
        world.Lan.Speak(Nas, "192.168.8.100");
        world.Devices.Refresh();
        world.Name("nas", "192.168.8.100");
        var share = world.Share("nas", "tcp/80", "family").Value!;
        Assert.Equal(($"nas@{family.Id}", family.Id), (share.Id, share.Group));
        Assert.Equal(family.Id, Assert.Single(world.Devices.Now().Devices[0].Shares).Group);
        Assert.Equal("nas.bag.example.net", Assert.Single(world.Snapshot.Devices).FullName);
        Assert.Null(await world.Service.UnshareAsync(share.Id, default));
    }

    [Fact]
    public async Task Enrolment_s_failures_are_told_apart()
    {
        await using var kms = await KeyServerHost.StartAsync();
        var token = kms.Token("bag");
        Assert.Equal(ControlErrorCodes.Invalid, await EnrolAsync(token[..^1]));
        await kms.GoAwayAsync();
        Assert.Equal(ControlErrorCodes.Unavailable, await EnrolAsync(token));
        await kms.ComeBackAsync();
        Assert.Null(await EnrolAsync(token));
        Assert.Equal(("bag.example.net", true), (_world.Snapshot.Status.Name, _world.Snapshot.Status.Enrolled));
        using var other = new ServiceWorld();
        Assert.Equal(ControlErrorCodes.Refused, (await other.Service.EnrolAsync(new EnrolRequest(token), default))?.Code);

        async Task<string?> EnrolAsync(string text) => (await _world.Service.EnrolAsync(new EnrolRequest(text), default))?.Code;
    }

    [Fact]
    public async Task A_node_that_does_not_answer_leaves_the_rest_to_be_shown()
    {
        await using var kms = await KeyServerHost.StartAsync();
        using var world = new ServiceWorld(await OneRouter.EnrolAsync(kms, "bag"));
        var provider = world.Router.Keys.Provider!;
        world.Host.Use(
            new NodeSettings(
                provider.NodeName, provider.Zone, world.Router.Keys.Identity, provider.Certificate, [], 0xC0A80801, Prefix(), 1),
            []);
        var asked = world.Service.GetSnapshotAsync(default);
        Assert.False(asked.IsCompleted); // its loop was not started
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        var snapshot = await asked;
        Assert.Equal(RouterState.Offline, snapshot.Status.State);
        world.StartLoop();
        Assert.NotNull(await world.Host.GetStatusAsync());

        static AddressPrefix Prefix() => AddressPrefix.TryParse("198.18.0.0/15", out var prefix) ? prefix : throw new FormatException();
    }

    [Fact]
    public void A_damaged_store_is_set_aside_and_the_owner_is_warned()
    {
        _world.Name("nas", "192.168.8.100");
        var fingerprint = _world.Router.Fingerprint;
        byte[] damaged = [];
        _world.Restart(() =>
        {
            damaged = _world.Router.Directory.Damage("router.db");
            _world.Router.Restart();
        });
        var warning = Assert.Single(_world.Snapshot.Status.Warnings);
        Assert.Equal("store-set-aside", warning.Code);
        Assert.Contains(_world.StorePath, warning.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Store.Devices.All);
        Assert.Equal(fingerprint, _world.Router.Fingerprint);
        var aside = Assert.Single(Directory.GetFiles(_world.Router.Directory.Path, "router.db.damaged*"), f => !f.EndsWith("journal", StringComparison.Ordinal));
        Assert.Contains(aside, warning.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(aside));
    }

    [Fact]
    public async Task A_key_file_that_cannot_be_used_is_a_warning()
    {
        await using var kms = await KeyServerHost.StartAsync();
        var router = await OneRouter.EnrolAsync(kms, "bag");
        var group = await router.InitAsync("family");
        router.Directory.Damage("state", "groups", $"{group.Id}.group");
        router.Restart();
        using var world = new ServiceWorld(router);
        var warning = Assert.Single(world.Snapshot.Status.Warnings);
        Assert.Equal("key-file", warning.Code);
        Assert.Contains(group.Id, warning.Message, StringComparison.Ordinal);
    }
}
