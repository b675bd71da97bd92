using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Cli;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

/// <summary>The command line against the real server.</summary>
public sealed class CliTests
{
    [Fact]
    public async Task Status_tells_name_state_and_uplinks()
    {
        await using var world = await ApiWorld.StartAsync();
        var (code, text, _) = await NtmAsync(world, "status");
        Assert.Equal(0, code);
        Assert.Contains("bag.example.net is online.", text);
        Assert.Contains("ds1.example.net (203.0.113.1:4330), 18.4 ms", text);
        Assert.Matches(@"wlan0\s+up\s+192\.168\.1\.20/24\s+198\.51\.100\.7:41820\s+ordinary\s+1500", text);
    }

    [Fact]
    public async Task A_fresh_router_is_told_how_to_enrol()
    {
        await using var world = await ApiWorld.StartAsync(Snapshots.Fresh());
        var (_, text, _) = await NtmAsync(world, "status");
        Assert.Contains("ntm enrol TOKEN", text);
        var (refused, _, why) = await NtmAsync(world, "enrol", "stolen");
        Assert.Equal(1, refused);
        Assert.Contains("does not know this token", why);
        var (done, name, _) = await NtmAsync(world, "enrol", "ntm1-good");
        Assert.Equal(0, done);
        Assert.Contains("Enrolled as bag.example.net.", name);
    }

    [Fact]
    public async Task Netcheck_tells_the_network_in_words_and_what_was_not_measured()
    {
        await using var world = await ApiWorld.StartAsync();
        var (code, text, _) = await NtmAsync(world, "netcheck");
        Assert.Equal(0, code);
        Assert.StartsWith("Nearly everybody can be reached directly.", text);
        Assert.Matches(@"UDP\s+gets through", text);
        Assert.Matches(@"MTU\s+1500 at the interface; to peers 1420", text);
        Assert.Matches(@"port mapping\s+PCP, UPnP", text);
        Assert.Matches(@"relay\s+203\.0\.113\.2:4331, 19\.1 ms", text);
        Assert.Matches(@"open port\s+198\.51\.100\.7:4330 by PCP: lets anybody in", text);
        Assert.Matches(@"DNS bypass\s+tv asks another name server over TLS \(.+ ago\); finds no names of remote devices by it", text);
        Assert.Matches(@"DNS bypass\s+192\.168\.8\.23 asks another name server \(3 s ago\); finds names of remote devices all the same", text);

        world.Router.Network = Snapshots.Network with { DnsBypass = null, OpenPort = new(PortMappingState.NotSeen, "UPnP", "10.0.0.2:4330") };
        (_, text, _) = await NtmAsync(world, "netcheck");
        Assert.Matches(@"open port\s+10\.0\.0\.2:4330 by UPnP, but no server sees this router at that address", text);
        Assert.Matches(@"DNS bypass\s+not measured", text);
    }

    [Fact]
    public async Task Netcheck_tells_of_a_portal_and_of_blocked_udp()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Router.Network = Snapshots.Network with
        {
            Udp = UdpState.Unknown,
            CaptivePortal = PortalState.Present,
            PortalPage = "http://192.168.1.1/",
            Reach = Reach.Nobody,
            PathMtu = null,
            Ipv6 = [],
        };
        var (_, portal, _) = await NtmAsync(world, "netcheck");
        Assert.Contains("send the form", portal);
        Assert.Contains("yes: http://192.168.1.1/", portal);
        Assert.Contains("not measured, there is no session", portal);

        world.Router.Network = Snapshots.Network with { Udp = UdpState.Blocked, Reach = Reach.Relay };
        var (_, json, _) = await NtmAsync(world, "netcheck", "--json");
        using var report = JsonDocument.Parse(json);
        Assert.Equal("blocked", report.RootElement.GetProperty("udp").GetString());
        Assert.Equal("relay", report.RootElement.GetProperty("reach").GetString());
        Assert.Equal("tls", report.RootElement.GetProperty("dnsBypass")[0].GetProperty("way").GetString());
        Assert.Equal("open", report.RootElement.GetProperty("openPort").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("status")]
    [InlineData("netcheck")]
    [InlineData("sessions")]
    [InlineData("peers")]
    [InlineData("refusals")]
    [InlineData("devices")]
    [InlineData("shares")]
    [InlineData("group", "list")]
    public async Task Every_list_is_a_table_and_json(params string[] command)
    {
        await using var world = await ApiWorld.StartAsync();
        var (code, table, _) = await NtmAsync(world, command);
        Assert.Equal(0, code);
        Assert.NotEmpty(table);
        var (jsonCode, json, _) = await NtmAsync(world, [.. command, "--json"]);
        Assert.Equal(0, jsonCode);
        using var parsed = JsonDocument.Parse(json);
        Assert.True(parsed.RootElement.ValueKind is JsonValueKind.Array or JsonValueKind.Object);
    }

    [Fact]
    public async Task Empty_lists_are_sentences()
    {
        await using var world = await ApiWorld.StartAsync(Snapshots.Fresh());
        Assert.Contains("There is no session", (await NtmAsync(world, "sessions")).Out);
        Assert.Contains("Nothing is shared", (await NtmAsync(world, "shares")).Out);
        Assert.Contains("no group", (await NtmAsync(world, "group", "list")).Out);
    }

    [Fact]
    public async Task Sharing_and_unsharing()
    {
        await using var world = await ApiWorld.StartAsync();
        var (code, text, _) = await NtmAsync(world, "share", "nas", "--ports", "udp/5000-5010,icmp", "--group", "family");
        Assert.Equal(0, code);
        Assert.Contains("nas is shared: icmp,udp/5000-5010, family. To end it: ntm unshare s1", text);
        Assert.Equal(0, (await NtmAsync(world, "unshare", "s1")).Code);
        var (again, _, why) = await NtmAsync(world, "unshare", "s1");
        Assert.Equal(1, again);
        Assert.Contains("no share s1", why);
    }

    [Fact]
    public async Task Publishing_and_unpublishing()
    {
        await using var world = await ApiWorld.StartAsync();
        Assert.Contains("published: tcp/80 at 203.0.113.20", (await NtmAsync(world, "devices")).Out);
        var (code, text, _) = await NtmAsync(world, "publish", "nas", "--ports", "tcp/443,tcp/22");
        Assert.Equal(0, code);
        Assert.Contains("nas.bag.example.net is published: tcp/22,tcp/443, for everybody on the Internet, at 203.0.113.20. To end it: ntm unpublish nas", text);
        var (refused, _, words) = await NtmAsync(world, "publish", "nas", "--ports", "tcp/9999");
        Assert.Equal(1, refused);
        Assert.Contains("one of these ports is taken", words);
        Assert.Equal(0, (await NtmAsync(world, "unpublish", "nas")).Code);
        Assert.DoesNotContain("published", (await NtmAsync(world, "devices")).Out);
    }

    [Fact]
    public async Task Devices_are_named_by_either_address()
    {
        await using var world = await ApiWorld.StartAsync();
        Assert.Contains("is now laptop.bag.example.net", (await NtmAsync(world, "devices", "name", "laptop", "3c:58:c2:aa:07:51")).Out);
        Assert.Equal(1, (await NtmAsync(world, "devices", "name", "tv", "192.168.8.99")).Code);
        Assert.Equal(0, (await NtmAsync(world, "devices", "forget", "laptop")).Code);
    }

    [Fact]
    public async Task A_group_is_made_and_its_authority_is_kept_by_the_caller()
    {
        await using var world = await ApiWorld.StartAsync();
        var file = Path.Combine(world.Folder, "family.authority");
        var (code, text, _) = await NtmAsync(world, "group", "init", "friends", "--out", file);
        Assert.Equal(0, code);
        Assert.Contains("Keep that file safe", text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var authority = GroupAuthorityFile.FromText(await File.ReadAllTextAsync(file))!;
        Assert.DoesNotContain(authority.Authority, text);

        var (refused, _, why) = await NtmAsync(world, "group", "init", "friends", "--out", file);
        Assert.Equal(1, refused);
        Assert.Contains("not overwritten", why);
        Assert.Equal(authority, GroupAuthorityFile.FromText(await File.ReadAllTextAsync(file)));

        Assert.Equal(0, (await NtmAsync(world, "group", "add", file, "van.example.net", "9F2B", "64C1")).Code);
        Assert.Equal(["van.example.net 9f2b64c1"], world.Router.Signed);
        Assert.Equal(1, (await NtmAsync(world, "group", "add", world.SocketPath, "van.example.net", "9F2B")).Code);
    }

    [Fact]
    public async Task Groups_are_joined_and_left()
    {
        await using var world = await ApiWorld.StartAsync();
        Assert.Contains("has to add this router", (await NtmAsync(world, "group", "join", "00ff")).Out);
        Assert.Equal(1, (await NtmAsync(world, "group", "join", "00ff")).Code);
        Assert.Equal(0, (await NtmAsync(world, "group", "leave", "00ff")).Code);
    }

    [Fact]
    public async Task A_group_that_the_router_refuses_leaves_no_file()
    {
        await using var world = await ApiWorld.StartAsync();
        var file = Path.Combine(world.Folder, "no.authority");
        var output = new StringWriter();
        var code = await NtmCommand.RunAsync(
            ["group", "init", "no", "--out", file, "--socket", Path.Combine(world.Folder, "none.sock")], output, new StringWriter(), TimeProvider.System);
        Assert.Equal(3, code);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Ping_tells_each_answer_and_the_sum()
    {
        await using var world = await ApiWorld.StartAsync();
        var calls = 0;
        world.Router.Ping = _ => ++calls == 2
            ? new PingReport([], null, 1)
            : new PingReport([10 + calls], new(PathKind.Relay, "wwan0", "203.0.113.2:4331", 11, 1430), 0);
        var (code, text, _) = await NtmAsync(world, "ping", "nas.home.example.net", "-c", "3", "-i", "0.1");
        Assert.Equal(0, code);
        Assert.Contains("answer from nas.home.example.net: seq=1 path=relay uplink=wwan0 time=11.0 ms", text);
        Assert.Contains("no answer from nas.home.example.net: seq=2", text);
        Assert.Contains("3 sent, 2 answered, 33 % lost", text);
        Assert.Contains("round trip min/avg/max = 11.0/12.0/13.0 ms", text);
        var (missing, _, why) = await NtmAsync(world, "ping", "nobody.example.net");
        Assert.Equal(0, missing);
        Assert.Empty(why);
        world.Router.Ping = null;
        (missing, _, why) = await NtmAsync(world, "ping", "nobody.example.net");
        Assert.Equal(1, missing);
        Assert.Contains("No such name", why);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("share")]
    [InlineData("share", "nas", "--ports", "tcp/99999")]
    [InlineData("ping", "x", "-c", "-1")]
    [InlineData("status", "--colour")]
    [InlineData("unshare")]
    [InlineData("publish", "nas")]
    [InlineData("publish", "nas", "--ports", "all")]
    [InlineData("unpublish")]
    public async Task Wrong_usage_is_code_two(params string[] command)
    {
        await using var world = await ApiWorld.StartAsync();
        var (code, _, why) = await NtmAsync(world, command);
        Assert.Equal(2, code);
        Assert.Contains("ntm --help", why);
    }

    [Fact]
    public async Task Without_the_service_it_says_how_to_start_it()
    {
        var folder = Directory.CreateTempSubdirectory("ntm-cli-").FullName;
        var path = Path.Combine(folder, "router.sock");
        var error = new StringWriter();
        Assert.Equal(3, await NtmCommand.RunAsync(["status", "--socket", path], new StringWriter(), error, TimeProvider.System));
        Assert.Equal($"ntm-router is not running (no answer at {path}). Start it with: systemctl start ntm-router\n", error.ToString());

        // A killed service leaves its socket behind.
        using (var left = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        }

        error = new StringWriter();
        Assert.Equal(3, await NtmCommand.RunAsync(["status", "--json", "--socket", path], new StringWriter(), error, TimeProvider.System));
        using var json = JsonDocument.Parse(error.ToString());
        Assert.Equal("not-running", json.RootElement.GetProperty("code").GetString());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_web_password_can_be_taken_away()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Passwords.Write("forgotten");
        Assert.Equal(0, (await NtmAsync(world, "web", "reset-password")).Code);
        Assert.Null(world.Passwords.Read());
    }

    [Fact]
    public async Task A_pipe_never_breaks_a_line()
    {
        await using var world = await ApiWorld.StartAsync();
        var (_, text, _) = await NtmAsync(world, "sessions");
        Assert.Equal(3, text.TrimEnd().Split('\n').Length);
    }

    private static async Task<(int Code, string Out, string Error)> NtmAsync(ApiWorld world, params string[] command)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var time = new FakeTimeProvider(Snapshots.Noon) { AutoAdvanceAmount = TimeSpan.Zero };
        var clock = command[0] == "ping" ? TimeProvider.System : time;
        var code = await NtmCommand.RunAsync([.. command, "--socket", world.SocketPath], output, error, clock);
        return (code, output.ToString(), error.ToString());
    }
}
