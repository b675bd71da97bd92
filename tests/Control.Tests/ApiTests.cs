using System.Net.Sockets;
using System.Text;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class ApiTests
{
    [Fact]
    public async Task Every_part_of_the_snapshot_can_be_asked_for()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        Assert.Equal("bag.example.net", (await client.GetStatusAsync()).Value!.Name);
        Assert.Equal(3, (await client.GetDevicesAsync()).Value!.Count);
        Assert.Equal(2, (await client.GetSharesAsync()).Value!.Count);
        Assert.Equal(2, (await client.GetSessionsAsync()).Value!.Count);
        Assert.Equal(3, (await client.GetPeersAsync()).Value!.Count);
        Assert.Equal(2, (await client.GetRefusalsAsync()).Value!.Count);
        Assert.Equal(2, (await client.GetGroupsAsync()).Value!.Count);
    }

    [Fact]
    public async Task Devices_are_named_shared_and_forgotten()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        var named = await client.NameDeviceAsync("laptop", new(Address: "192.168.8.23"));
        Assert.Equal("laptop.bag.example.net", named.Value!.FullName);
        var share = await client.ShareAsync(new("laptop", " TCP/22, tcp/23", "family"));
        Assert.Equal("tcp/22-23", share.Value!.Ports);
        Assert.Equal(Snapshots.FamilyId, share.Value.Group);
        Assert.Null(await client.UnshareAsync(share.Value.Id));
        Assert.Equal(ControlErrorCodes.NotFound, (await client.UnshareAsync(share.Value.Id))!.Code);
        Assert.Null(await client.ForgetDeviceAsync("laptop"));
    }

    [Fact]
    public async Task Devices_are_published_by_port_and_no_longer()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        var made = await client.PublishAsync(new("nas", "TCP/22, tcp/80"));
        Assert.Equal(("tcp/22,tcp/80", PublicationState.Published, "203.0.113.20"), (made.Value!.Ports, made.Value.State, made.Value.Address));
        Assert.Equal(made.Value, Assert.Single((await client.GetPublishedAsync()).Value!));
        foreach (var unnamed in new[] { "all", "icmp", "tcp", "tcp/80,icmp", string.Join(',', Enumerable.Range(1, 17).Select(i => $"udp/{2 * i}")) })
        {
            Assert.Equal(ControlErrorCodes.Invalid, (await client.PublishAsync(new("nas", unnamed))).Error!.Code);
        }

        Assert.Equal(ControlErrorCodes.Refused, (await client.PublishAsync(new("nas", "tcp/9999"))).Error!.Code);
        Assert.Null(await client.UnpublishAsync("nas"));
        Assert.Equal(ControlErrorCodes.NotFound, (await client.UnpublishAsync("nas"))!.Code);
    }

    [Fact]
    public async Task Wrong_requests_are_told_what_is_wrong()
    {
        await using var world = await ApiWorld.StartAsync();
        using var client = new RouterClient(world.SocketPath);
        Assert.Equal(ControlErrorCodes.Invalid, (await client.NameDeviceAsync("x", new())).Error!.Code);
        Assert.Contains("tcp/99999", (await client.ShareAsync(new("nas", "tcp/99999"))).Error!.Message);
        Assert.Equal(ControlErrorCodes.Invalid, (await client.PingAsync(new("nas.home.example.net", 21))).Error!.Code);
        Assert.Equal(ControlErrorCodes.Conflict, (await client.NameDeviceAsync("nas", new(Address: "192.168.8.23"))).Error!.Code);
    }

    [Theory]
    [InlineData("", "text/plain", 400)]
    [InlineData("{", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    public async Task A_body_that_is_none_is_refused_and_the_server_goes_on(string body, string type, int code)
    {
        await using var world = await ApiWorld.StartAsync();
        var head = $"POST /api/shares HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        Assert.StartsWith($"HTTP/1.1 {code}", await RawAsync(world, head + body));
        using var client = new RouterClient(world.SocketPath);
        Assert.True((await client.GetStatusAsync()).IsOk);
    }

    [Fact]
    public async Task A_huge_body_is_refused()
    {
        await using var world = await ApiWorld.StartAsync();
        var head = "POST /api/shares HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\nConnection: close\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 4", await RawAsync(world, head));
    }

    [Fact]
    public async Task A_fault_of_the_daemon_is_said_without_its_insides()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Router.Fault = new InvalidOperationException("secret inside");
        using var client = new RouterClient(world.SocketPath);
        var error = (await client.GetStatusAsync()).Error!;
        Assert.Equal(ControlErrorCodes.Fault, error.Code);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public async Task An_unknown_request_is_not_found()
    {
        await using var world = await ApiWorld.StartAsync();
        Assert.StartsWith("HTTP/1.1 404", await RawAsync(world, "GET /api/nonsense HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 404", await RawAsync(world, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    }

    [Fact]
    public async Task The_socket_is_for_owner_and_group_and_a_stale_one_is_replaced()
    {
        var world = await ApiWorld.StartAsync(change: o =>
        {
            using var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            left.Bind(new UnixDomainSocketEndPoint(o.SocketPath!));
            return o;
        });
        await using (world)
        {
            var mode = File.GetUnixFileMode(world.SocketPath);
            Assert.Equal("rw-rw----", Describe(mode));
            using var client = new RouterClient(world.SocketPath);
            Assert.True((await client.GetStatusAsync()).IsOk);
        }

        Assert.False(File.Exists(world.SocketPath));
    }

    private static string Describe(UnixFileMode mode) =>
        string.Concat("rwxrwxrwx".Select((letter, i) => ((int)mode >> (8 - i) & 1) == 1 ? letter : '-'));

    private static async Task<string> RawAsync(ApiWorld world, string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(world.SocketPath));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
