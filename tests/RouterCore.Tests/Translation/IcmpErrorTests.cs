using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Translation;

/// <summary>A device behind bob answers a packet of alice's device with an ICMP error that quotes it.</summary>
public sealed class IcmpErrorTests
{
    private const uint Device = Side.DeviceAddress;
    private readonly RouterPair _pair = new();

    public static TheoryData<byte, int> Quotes => new()
    {
        { IpProtocol.Udp, 8 }, { IpProtocol.Udp, 520 }, { IpProtocol.Tcp, 8 }, { IpProtocol.Tcp, 20 }, { IpProtocol.Tcp, 520 }, { IpProtocol.Icmp, 8 },
    };

    [Theory]
    [MemberData(nameof(Quotes))]
    public void The_sender_finds_its_own_packet_in_the_quote(byte protocol, int transportBytes)
    {
        var sent = Packet(protocol, _pair.Alice.Virtual);
        var received = Assert.Single(_pair.ToBob(sent));

        var error = Make.Error(received, transportBytes: transportBytes);
        var arrived = Assert.Single(_pair.ToAlice(error));

        Assert.True(Ipv4.TryRead(arrived, out var ip));
        Assert.Equal((_pair.Alice.Virtual, Device), (ip.Source, ip.Destination));
        Assert.Equal(0xFFFF, Checksum.Sum(ip.Bytes[..ip.HeaderLength]));
        Assert.True(Check.HasRightChecksum(arrived));
        AssertQuotes(sent, ip.Payload[Icmp.HeaderLength..]);
        Assert.Equal(error[20..22], arrived[20..22]); // type and code
    }

    [Fact]
    public void The_other_end_may_also_be_told_of_a_packet_that_it_sent()
    {
        _pair.ToBob(Packet(IpProtocol.Udp, _pair.Alice.Virtual));
        var answer = Make.Udp(Device, _pair.Bob.Virtual, 7, 1000, "answer"u8);
        var received = Assert.Single(_pair.ToAlice(answer));

        var arrived = Assert.Single(_pair.ToBob(Make.Error(received)));

        Assert.True(Ipv4.TryRead(arrived, out var ip));
        AssertQuotes(answer, ip.Payload[Icmp.HeaderLength..]);
    }

    [Fact]
    public void An_error_about_a_flow_that_nobody_began_is_dropped()
    {
        var never = Make.Udp(_pair.Bob.Virtual, Device, 1000, 7, "never sent"u8);

        Assert.Empty(_pair.ToAlice(Make.Error(never)));
        Assert.Equal(1, _pair.Alice.Router.Drops[DropReason.NotShared]);
    }

    [Fact]
    public void An_error_that_quotes_no_packet_is_dropped()
    {
        var error = Make.Error(Make.Udp(_pair.Bob.Virtual, Device, 1, 2, "x"u8));
        error[28] = 0x65; // the quoted packet's version
        Icmp.WriteChecksum(error.AsSpan(20));

        Assert.Equal(Outcome.Drop(DropReason.MalformedPacket), _pair.Bob.Send(error));
    }

    [Fact]
    public void Echo_replies_answer_echo_requests_and_nothing_else_does()
    {
        Assert.Single(_pair.ToBob(Make.Echo(Device, _pair.Alice.Virtual, 5, "x"u8)));

        Assert.Single(_pair.ToAlice(Make.Echo(Device, _pair.Bob.Virtual, 5, "x"u8, Icmp.EchoReply)));
        Assert.Empty(_pair.ToAlice(Make.Echo(Device, _pair.Bob.Virtual, 6, "x"u8, Icmp.EchoReply)));
        Assert.Empty(_pair.ToAlice(Make.Echo(Device, _pair.Bob.Virtual, 5, "x"u8)));
        Assert.Empty(_pair.ToAlice(Make.Echo(Device, _pair.Bob.Virtual, 5, "x"u8, type: 13))); // timestamp
        Assert.Equal(3, _pair.Alice.Router.Drops[DropReason.NotShared]);
    }

    private static byte[] Packet(byte protocol, uint to) => protocol switch
    {
        IpProtocol.Udp => Make.Udp(Device, to, 1000, 7, Make.Bytes(40)),
        IpProtocol.Tcp => Make.Tcp(Device, to, 1000, 7, Make.Bytes(40)),
        _ => Make.Echo(Device, to, 1000, Make.Bytes(40)),
    };

    private static void AssertQuotes(byte[] sent, ReadOnlySpan<byte> quote)
    {
        Assert.True(Ipv4.TryReadQuoted(quote, out var quoted));
        Assert.Equal(0xFFFF, Checksum.Sum(quoted.Bytes[..quoted.HeaderLength]));
        Assert.Equal(sent.AsSpan(Ipv4.SourceAt, 8), quoted.Bytes[Ipv4.SourceAt..20]);
        Assert.Equal(sent.AsSpan(20, quoted.Payload.Length), quoted.Payload);
    }
}
