using System.Net;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Enrolment;
using NTMobile.RouterDaemon.Network;
using NTMobile.Wire.Dns;

namespace NTMobile.RouterDaemon.Tests.Network;

/// <summary>How a NAT64 is found, and a key server behind it.</summary>
public sealed class Nat64Tests
{
    private const string Name = "ipv4only.arpa";
    private static readonly Nat64Prefix Prefix = Nat64Prefix.Create(Number("64:ff9b::"), 96);

    [Fact]
    public void A_DNS64_tells_the_prefix()
    {
        Assert.True(Nat64Finder.TryRead(Answer("64:ff9b::c000:aa"), out var prefix));
        Assert.Equal(Prefix, prefix);
    }

    [Fact]
    public void An_ordinary_name_server_tells_that_there_is_none()
    {
        Assert.True(Nat64Finder.TryRead(Answer(), out var prefix));
        Assert.Null(prefix);
        Assert.True(Nat64Finder.TryRead(Answer("2001:db8::1"), out prefix));
        Assert.Null(prefix);
        Assert.True(Nat64Finder.TryRead(Written(Query(Name, DnsType.Aaaa).Reply(DnsResponseCode.NameError)), out prefix));
        Assert.Null(prefix);
    }

    [Fact]
    public void What_is_no_answer_tells_nothing()
    {
        Assert.False(Nat64Finder.TryRead([1, 2, 3], out _));
        Assert.False(Nat64Finder.TryRead(Written(Query(Name, DnsType.Aaaa)), out _));
        Assert.False(Nat64Finder.TryRead(Written(Query("example.net", DnsType.Aaaa).Reply(DnsResponseCode.NoError)), out _));
        Assert.False(Nat64Finder.TryRead(Written(Query(Name, DnsType.A).Reply(DnsResponseCode.NoError)), out _));
        Assert.False(Nat64Finder.TryRead(Written(Query(Name, DnsType.Aaaa).Reply(DnsResponseCode.ServerFailure)), out _));
    }

    [Fact]
    public void Name_servers_are_those_of_the_resolvers_configuration() => Assert.Equal(
        [IPAddress.Parse("2001:db8::53"), IPAddress.Parse("127.0.0.53")],
        Nat64Finder.NameServers("# made by a DHCP client\nsearch example.net\nnameserver 2001:db8::53\nnameserver\t127.0.0.53 \nnameserver x\nnameserver\noptions edns0\n"));

    [Theory]
    [InlineData("192.0.2.33", true, "64:ff9b::c000:221")]
    [InlineData("192.0.2.33", false, "192.0.2.33")]
    [InlineData("2001:db8::5", true, "2001:db8::5")]
    [InlineData("kms.example.net", true, "kms.example.net")]
    public async Task A_key_server_named_by_its_IPv4_address_is_reached_through_the_NAT64(string host, bool isBehind, string expected)
    {
        var local = isBehind ? Endpoint.FromIpv4(Uplink.BehindNat64, 40000) : Endpoint.Parse("10.0.0.7:4330");
        var uplink = new WatchedUplink(
            new Uplink(1, "wan0", local, 1500) { Nat64 = isBehind ? Prefix : null }, new UplinkNetwork("wan0", 1990, IPAddress.Parse("2001:db8::7"), 64, null));
        Assert.Equal(expected, await new KeyServerReach(() => [uplink]).HostAsync(host, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_NAT64_that_is_still_looked_for_is_waited_for()
    {
        var network = new UplinkNetwork("wan0", 1990, IPAddress.Parse("2001:db8::7"), 64, null);
        List<WatchedUplink> uplinks = [new(new Uplink(1, "wan0", Endpoint.Parse("[2001:db8::7]:4330"), 1500), network)];
        var asking = new KeyServerReach(() => [.. uplinks]).HostAsync("192.0.2.33", TestContext.Current.CancellationToken).AsTask();
        Assert.False(asking.IsCompleted);
        uplinks.Add(new(new Uplink(2, "wan0", Endpoint.FromIpv4(Uplink.BehindNat64, 40000), 1500) { Nat64 = Prefix }, network));
        Assert.Equal("64:ff9b::c000:221", await asking);
    }

    private static DnsMessage Query(string name, DnsType type) => DnsMessage.Query(7, name, type, recursionDesired: true);

    private static byte[] Answer(params string[] addresses) => Written(Query(Name, DnsType.Aaaa).Reply(DnsResponseCode.NoError) with
    {
        Answers = [.. addresses.Select(a => new DnsRecord(Name, 60, new AaaaRecord(Number(a))))],
    });

    private static byte[] Written(DnsMessage message)
    {
        var bytes = new byte[DnsMessage.ClassicLimit];
        return bytes[..message.Write(bytes)];
    }

    private static UInt128 Number(string address) => Endpoint.From(IPAddress.Parse(address), 0).Address;
}
