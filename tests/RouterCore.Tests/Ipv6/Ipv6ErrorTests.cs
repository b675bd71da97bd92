using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Translation;

/// <summary>ICMP errors between devices of different IP versions: their types (RFC 7915 §4.2, §5.2), and the packet that they quote.</summary>
public sealed class Ipv6ErrorTests
{
    private const uint Device = Side.DeviceAddress;

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("echo")]
    public void An_ipv6_device_finds_its_own_packet_in_an_error_of_an_ipv4_device(string kind)
    {
        var pair = new RouterPair(Six.Alice, null);
        var sent = Six.From(Packet(kind, pair.Alice.Virtual), Six.Alice.Local, Six.Alice.Virtual);
        var received = Assert.Single(pair.ToBob(sent));

        var arrived = Assert.Single(pair.ToAlice(Make.Error(received)));

        Assert.True(Six.HasRightChecksum(arrived));
        Assert.True(Ipv6.TryRead(arrived, out var ip));
        Assert.Equal((Six.Alice.Virtual, Six.Alice.Local), (ip.Source, ip.Destination));
        Assert.Equal([Icmpv6.DestinationUnreachable, 4], ip.Payload[..2].ToArray());
        AssertQuotes(sent, ip.Payload[Icmp.HeaderLength..].ToArray(), Ipv6.HeaderLength, kind);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("echo")]
    public void An_ipv4_device_finds_its_own_packet_in_an_error_of_an_ipv6_device(string kind)
    {
        var pair = new RouterPair(null, Six.Bob);
        var sent = Packet(kind, pair.Alice.Virtual);
        var received = Assert.Single(pair.ToBob(sent));

        var arrived = Assert.Single(pair.ToAlice(Six.Error(received, Icmpv6.DestinationUnreachable, 4)));

        Assert.True(Check.HasRightChecksum(arrived));
        Assert.True(Ipv4.TryRead(arrived, out var ip));
        Assert.Equal([Icmp.DestinationUnreachable, 3], ip.Payload[..2].ToArray());
        AssertQuotes(sent, ip.Payload[Icmp.HeaderLength..].ToArray(), Ipv4.MinimumHeaderLength, kind);
    }

    [Fact]
    public void An_error_of_the_routers_own_reaches_an_ipv6_device_as_icmpv6()
    {
        var pair = new RouterPair(Six.Alice, Six.Bob);
        var sent = Six.From(Packet("udp", pair.Alice.Virtual), Six.Alice.Local, Six.Alice.Virtual);
        sent[Ipv6.HopLimitAt] = 1;
        pair.Alice.Send(sent);
        var needed = Assert.Single(pair.Alice.Told.OfType<IcmpNeeded>());
        var error = RouterCore.Translation.IcmpMessages.Error(Side.RouterAddress, needed.Packet, needed.Type, needed.Code, needed.Mtu)!;

        var packet = Ipv6Errors.Translate(error, 99, Six.Alice)!;

        Assert.True(Six.HasRightChecksum(packet));
        Assert.True(Ipv6.TryRead(packet, out var ip));
        Assert.Equal(((UInt128)99, Six.Alice.Local), (ip.Source, ip.Destination));
        Assert.Equal([Icmpv6.TimeExceeded, 0], ip.Payload[..2].ToArray());
        Assert.Equal(sent, ip.Payload[Icmp.HeaderLength..].ToArray());
    }

    [Theory]
    [InlineData(3, 0, 0, 1, 0, 0)]
    [InlineData(3, 1, 0, 1, 0, 0)]
    [InlineData(3, 2, 0, 4, 1, 6)]
    [InlineData(3, 3, 0, 1, 4, 0)]
    [InlineData(3, 4, 1400, 2, 0, 1420)]
    [InlineData(3, 4, 576, 2, 0, 1280)]
    [InlineData(3, 10, 0, 1, 1, 0)]
    [InlineData(3, 13, 0, 1, 1, 0)]
    [InlineData(11, 1, 0, 3, 1, 0)]
    [InlineData(12, 0, 0x0800_0000, 4, 0, 7)]
    [InlineData(12, 0, 0x1000_0000, 4, 0, 24)]
    public void Errors_of_ipv4_are_these_in_ipv6(byte type, byte code, uint word, byte type6, byte code6, uint word6) =>
        Assert.Equal((type6, code6, word6), IcmpTypes.ToIpv6(type, code, word));

    [Theory]
    [InlineData(1, 0, 0, 3, 1, 0)]
    [InlineData(1, 1, 0, 3, 10, 0)]
    [InlineData(1, 2, 0, 3, 1, 0)]
    [InlineData(1, 3, 0, 3, 1, 0)]
    [InlineData(1, 4, 0, 3, 3, 0)]
    [InlineData(2, 0, 1400, 3, 4, 1380)]
    [InlineData(2, 0, 100, 3, 4, 1260)]
    [InlineData(3, 0, 0, 11, 0, 0)]
    [InlineData(4, 0, 7, 12, 0, 0x0800_0000)]
    [InlineData(4, 0, 24, 12, 0, 0x1000_0000)]
    [InlineData(4, 1, 6, 3, 2, 0)]
    public void Errors_of_ipv6_are_these_in_ipv4(byte type, byte code, uint word, byte type4, byte code4, uint word4) =>
        Assert.Equal((type4, code4, word4), IcmpTypes.ToIpv4(type, code, word));

    [Theory]
    [InlineData(3, 14)]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(12, 1)]
    [InlineData(13, 0)]
    public void These_of_ipv4_have_no_counterpart(byte type, byte code) => Assert.Null(IcmpTypes.ToIpv6(type, code, 0));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 2)]
    [InlineData(130, 0)]
    [InlineData(135, 0)]
    public void These_of_ipv6_have_no_counterpart(byte type, byte code) => Assert.Null(IcmpTypes.ToIpv4(type, code, 0));

    [Fact]
    public void Every_truncation_of_an_ipv6_packet_is_survived()
    {
        var pair = new RouterPair(Six.Alice, Six.Bob);
        var received = Assert.Single(pair.ToBob(Six.From(Packet("udp", pair.Alice.Virtual), Six.Alice.Local, Six.Alice.Virtual)));
        var error = Six.Error(received, Icmpv6.PacketTooBig, 0, 1300);
        for (var length = 0; length < error.Length; length++)
        {
            var cut = error[..length];
            if (length >= Ipv6.HeaderLength)
            {
                BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(Ipv6.PayloadLengthAt), (ushort)(length - Ipv6.HeaderLength));
            }

            pair.Bob.Send(cut);
        }
    }

    private static byte[] Packet(string kind, uint to) => kind switch
    {
        "udp" => Make.Udp(Device, to, 1000, 7, Make.Bytes(40)),
        "tcp" => Make.Tcp(Device, to, 1000, 7, Make.Bytes(40)),
        _ => Make.Echo(Device, to, 9, Make.Bytes(40)),
    };

    // Ports and checksum too, so that the sender's own stack takes it for its own; of an echo type and identifier.
    private static void AssertQuotes(byte[] sent, byte[] quoted, int headerLength, string kind)
    {
        var (before, after) = (sent[headerLength..], quoted[headerLength..]);
        if (kind == "echo")
        {
            before.AsSpan(Icmp.ChecksumAt, 2).Clear();
            after.AsSpan(Icmp.ChecksumAt, 2).Clear();
        }

        Assert.Equal(before, after);
        var addresses = headerLength == Ipv6.HeaderLength ? Ipv6.SourceAt : Ipv4.SourceAt;
        Assert.Equal(sent[addresses..headerLength], quoted[addresses..headerLength]);
    }
}
