using System.Security.Cryptography;
using NTMobile.Security.Channel;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Tests;

public sealed class DirectionTests(OneServer one)
{
    [Theory]
    [InlineData("ntm.test", "SOA", "ds.ntm.test. hostmaster.ntm.test. ")]
    [InlineData("ntm.test", "NS", "ds.ntm.test.")]
    [InlineData("ds.ntm.test", "A", "ADDRESS")]
    [InlineData("rs.ntm.test", "A", "ADDRESS")]
    [InlineData("kms.ntm.test", "A", "ADDRESS")]
    [InlineData("kms.ntm.test", "AAAA", "2001:db8::10")]
    public async Task Dig_gets_the_records_of_the_zone_and_its_servers_over_UDP_and_TCP(string name, string type, string begin)
    {
        foreach (string transport in (string[])["+notcp", "+tcp"])
        {
            string answer = await DigAsync(transport, "+short", name, type);
            Assert.StartsWith(begin.Replace("ADDRESS", one.Machine.Address, StringComparison.Ordinal), answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_is_not_there_does_not_exist()
    {
        string answer = await DigAsync("nobody.ntm.test", "A");
        Assert.Contains("status: NXDOMAIN", answer, StringComparison.Ordinal);
        Assert.Contains("aa", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_routers_register_are_directed_and_exchange_datagrams_through_the_relay()
    {
        using LoopbackNode left = await one.EnrolAsync("left");
        using LoopbackNode right = await one.EnrolAsync("right");
        foreach (LoopbackNode node in (LoopbackNode[])[left, right])
        {
            await node.ConnectAsync(node.Ds);
            RegistrationResponse registered = await node.RegisterAsync("nas");
            Assert.Equal(RegistrationResult.Accepted, registered.Result);
            Assert.Equal(one.Machine.Rs, Assert.Single(registered.Relays).Endpoint.ToString());
        }

        string record = await DigAsync("+short", "left.ntm.test", "TYPE65280");
        string expected = "01" + Convert.ToHexString(SHA256.HashData(left.Keys.Signing.PublicKey)) + "026473036E746D0474657374" + "00";
        Assert.Equal($@"\# {expected.Length / 2} {expected}", Joined(record));
        Assert.Contains("status: NOERROR", await DigAsync("left.ntm.test", "A"), StringComparison.Ordinal);

        RouteDirection toLeft = await left.AskAsync<DirectionRequest, RouteDirection>(left.Ds, new DirectionRequest(1, "nas.right.ntm.test"));
        RouteDirection toRight = await right.WaitAsync<RouteDirection>(right.Ds);
        await right.SendAsync(right.Ds, new RouteDirectionAck(toRight.RendezvousId));
        Assert.Equal((toLeft.RendezvousId, "left.ntm.test"), (toRight.RendezvousId, toRight.Peer));

        long before = await RelayedAsync();
        ServerLink leftRelay = await JoinAsync(left, toLeft.RelaySlot!, PathId.Of(0x0A0A0A), PathId.Of(0x0A0001));
        await JoinAsync(right, toRight.RelaySlot!, PathId.Of(0x0B0B0B), PathId.Of(0x0B0001));
        byte[] sent = Data(PathId.Of(0x0A0A0A));
        await left.SendRawAsync(sent, leftRelay.Server);
        Assert.Equal(Data(PathId.Of(0x0B0001)), await NextDataAsync(right));
        Assert.Equal(before + sent.Length, await RelayedAsync());
    }

    private static async Task<ServerLink> JoinAsync(LoopbackNode node, RelaySlot slot, PathId send, PathId receive)
    {
        ServerLink link = node.NewLink(slot.Relay.Endpoint, slot.Relay.PublicKey);
        await node.ConnectAsync(link);
        await node.AskAsync<RelayJoin, RelayJoined>(link, new RelayJoin(1, slot.Pass, send, receive));
        return link;
    }

    /// <summary>A datagram that a relay takes for a device's packet.</summary>
    private static byte[] Data(PathId path)
    {
        byte[] datagram = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        new DatagramHeader(DatagramType.Data, path).Write(datagram);
        return datagram;
    }

    private static async Task<byte[]> NextDataAsync(LoopbackNode node)
    {
        while (true)
        {
            byte[] datagram = await node.ReceiveAsync();
            if (datagram[0] == (byte)DatagramType.Data)
            {
                return datagram;
            }
        }
    }

    // dig parts long hexadecimal text by blanks.
    private static string Joined(string record) => @"\# " + record.Split(' ')[1] + " " + string.Concat(record.Split(' ')[2..]);

    private async Task<long> RelayedAsync() => (await one.Server.StatusAsync()).GetProperty("rs").GetProperty("payloadBytes").GetInt64();

    private async Task<string> DigAsync(params string[] words)
    {
        Finished dig = await Command.RunAsync("dig", ["@" + one.Machine.Address, "-p", $"{Machine.DnsPort}", "+tries=1", "+timeout=3", .. words]);
        Assert.True(dig.ExitCode == 0, dig.Output);
        return dig.Output;
    }
}
