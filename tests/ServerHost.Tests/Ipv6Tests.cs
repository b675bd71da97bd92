using System.Net;
using System.Net.Sockets;
using NTMobile.Security.Channel;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Tests;

/// <summary>All roles by IPv6 beside IPv4.</summary>
public sealed class Ipv6Tests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // There is one loopback address of IPv6: several test runs at a time differ by their ports.
    private static readonly int FirstPort = 20_000 + (4 * (Environment.ProcessId % 2500));

    [Fact]
    public async Task A_node_enrols_and_has_its_sessions_with_DS_and_RS_by_IPv6()
    {
        using Machine machine = new Machine().Configure();
        int ds = FirstPort, rs = FirstPort + 1, kms = FirstPort + 2, dns = FirstPort + 3;
        string text = File.ReadAllText(machine.ConfigFile)
            .Replace("\"2001:db8::10\"", "\"::1\"", StringComparison.Ordinal)
            .Replace($"\"{machine.Ds}\"", $"\"{machine.Address}:{ds}\", \"listen6\": \"[::1]:{ds}\", \"dns6\": \"[::1]:{dns}\"", StringComparison.Ordinal)
            .Replace($":{Machine.DnsPort}\"", $":{dns}\"", StringComparison.Ordinal)
            .Replace($"\"{machine.Rs}\"", $"\"{machine.Address}:{rs}\", \"listen6\": \"[::1]:{rs}\"", StringComparison.Ordinal)
            .Replace($"\"{machine.Kms}\"", $"\"{machine.Address}:{kms}\", \"listen6\": \"[::1]:{kms}\"", StringComparison.Ordinal);
        File.WriteAllText(machine.ConfigFile, text);
        await using RunningServer server = await RunningServer.StartAsync(machine);

        using LoopbackNode node = await LoopbackNode.EnrolAsync(await server.TokenAsync("six") with { Host = "::1" });
        Assert.Equal($"[::1]:{ds}", node.Provider.DirectionServers[0].OtherEndpoint);
        byte[] relayKey = Convert.FromBase64String((await server.StatusAsync()).GetProperty("rs").GetProperty("publicKey").GetString()!);
        await AssertAnswersAsync(node.NewLink(Endpoint.Parse($"[::1]:{ds}"), node.Provider.DirectionServers[0].Key));
        await AssertAnswersAsync(node.NewLink(Endpoint.Parse($"[::1]:{rs}"), relayKey));
        Finished dig = await Command.RunAsync("dig", ["@::1", "-p", $"{dns}", "+tries=1", "+timeout=3", "+short", "rs.ntm.test", "AAAA"]);
        Assert.Equal("::1", dig.Output.Trim());

        // What a node that knows them by IPv4 is told.
        await node.ConnectAsync(node.Ds);
        await node.RegisterAsync("nas");
        OtherEndpoints others = await node.WaitAsync<OtherEndpoints>(node.Ds);
        Assert.Equal(
            [($"{machine.Address}:{ds}", $"[::1]:{ds}"), ($"{machine.Address}:{rs}", $"[::1]:{rs}")],
            others.Servers.Select(s => (s.Known.ToString(), s.Other.ToString())));
    }

    private static async Task AssertAnswersAsync(ServerLink link)
    {
        using var late = new CancellationTokenSource(Patience);
        using var socket = new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await socket.SendAsync(link.BeginHandshake(), link.Server.ToIPEndPoint(), late.Token);
        Assert.True(link.TryCompleteHandshake((await socket.ReceiveAsync(late.Token)).Buffer));
        byte[] ping = Assert.Single(link.Seal(new FrameBuilder().Append(new Ping(7)).Written));
        await socket.SendAsync(ping, link.Server.ToIPEndPoint(), late.Token);
        Assert.Equal(LinkReceived.Frames, link.Open((await socket.ReceiveAsync(late.Token)).Buffer, out ReadOnlySpan<byte> frames));
        var reader = new FrameReader(frames);
        Assert.True(reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body) && type == FrameType.Pong && Pong.TryRead(body, out Pong pong)
            && pong == new Pong(7, Endpoint.From(IPAddress.IPv6Loopback, ((IPEndPoint)socket.Client.LocalEndPoint!).Port)));
    }
}
