using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Translation;

/// <summary>A packet goes out at one router and in at the other; both LANs have the same subnet and both devices the same address.</summary>
public sealed class RoundTripTests
{
    private const uint Device = Side.DeviceAddress;
    private readonly RouterPair _pair = new();

    public static TheoryData<int> Lengths => [0, 1, 2, 7, 64, 333, 1200, 1403];

    private uint AsAliceSees => _pair.Alice.Virtual;

    private uint AsBobSees => _pair.Bob.Virtual;

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Udp_arrives_with_a_right_checksum_and_so_does_its_answer(int length)
    {
        var there = Make.Udp(Device, AsAliceSees, 1234, 53, Make.Bytes(length));
        var answer = Make.Udp(Device, AsBobSees, 53, 1234, Make.Bytes(length, 2));

        AssertThereAndBack(there, answer);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Tcp_arrives_with_a_right_checksum_and_so_does_its_answer(int length)
    {
        var there = Make.Tcp(Device, AsAliceSees, 40001, 443, Make.Bytes(Math.Min(length, 1400)), TcpFlags.Ack | TcpFlags.Psh);
        var answer = Make.Tcp(Device, AsBobSees, 443, 40001, Make.Bytes(Math.Min(length, 1400), 2));

        AssertThereAndBack(there, answer);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void An_echo_arrives_and_so_does_its_reply(int length)
    {
        var there = Make.Echo(Device, AsAliceSees, 99, Make.Bytes(length));
        var answer = Make.Echo(Device, AsBobSees, 99, Make.Bytes(length, 2), Icmp.EchoReply);

        AssertThereAndBack(there, answer);
    }

    [Fact]
    public void Checksums_are_right_for_every_value_of_the_payload()
    {
        for (var value = 0; value <= ushort.MaxValue; value += 13)
        {
            var packet = Make.Udp(Device, AsAliceSees, 1234, 53, [(byte)(value >> 8), (byte)value]);
            var arrived = Assert.Single(_pair.ToBob(packet));
            Assert.True(Check.HasRightChecksum(arrived), $"payload {value:x4}");
        }
    }

    [Fact]
    public void A_wrong_checksum_stays_wrong()
    {
        foreach (var packet in new[] { Make.Udp(Device, AsAliceSees, 1, 2, "hello"u8), Make.Tcp(Device, AsAliceSees, 1, 2, "hello"u8) })
        {
            packet[^1] ^= 1;
            Assert.False(Check.HasRightChecksum(Assert.Single(_pair.ToBob(packet))));
        }
    }

    [Fact]
    public void A_udp_checksum_of_zero_means_none_and_stays_zero()
    {
        var packet = Make.Udp(Device, AsAliceSees, 1, 2, "hello"u8);
        packet.AsSpan(Ipv4.MinimumHeaderLength + Udp.ChecksumAt, 2).Clear();

        var arrived = Assert.Single(_pair.ToBob(packet));

        Check.IsTranslation(packet, arrived, AsBobSees, Device);
        Assert.Equal(0, arrived[Ipv4.MinimumHeaderLength + Udp.ChecksumAt] | arrived[Ipv4.MinimumHeaderLength + Udp.ChecksumAt + 1]);
    }

    [Fact]
    public void A_partial_checksum_is_completed_at_the_other_end()
    {
        foreach (var packet in new[] { Make.Udp(Device, AsAliceSees, 1, 2, "hello"u8), Make.Tcp(Device, AsAliceSees, 1, 2, "hello"u8) })
        {
            var arrived = Assert.Single(_pair.ToBob(Make.Partial(packet), PacketHints.PartialChecksum));
            Check.IsTranslation(packet, arrived, AsBobSees, Device);
            Assert.True(Check.HasRightChecksum(arrived));
        }
    }

    [Fact]
    public void Protocols_without_ports_arrive_as_they_are()
    {
        var packet = Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(100));
        packet[Ipv4.ProtocolAt] = 47;
        Make.WithHeader(packet);

        Check.IsTranslation(packet, Assert.Single(_pair.ToBob(packet)), AsBobSees, Device);
    }

    [Fact]
    public void Options_and_fragments_travel_with_their_header()
    {
        var whole = Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(800));
        var (first, second) = Make.Fragments(whole, 400);
        byte[][] packets = [Make.WithIpOptions(whole), first, second];
        foreach (var packet in packets)
        {
            var arrived = Assert.Single(_pair.ToBob(packet));
            Check.IsTranslation(packet, arrived, AsBobSees, Device);
            Assert.Equal(packet[4..8], arrived[4..8]); // identification, flags, offset
            Assert.Equal((byte)DatagramType.DataFull, _pair.Alice.Wire.Datagrams.Single()[0]);
        }
    }

    [Theory]
    [InlineData(PacketHints.None)]
    [InlineData(PacketHints.PartialChecksum)]
    public void A_packet_that_may_be_fragmented_stays_one_and_gets_an_identification_of_its_own(PacketHints hints)
    {
        List<ushort> identifications = [];
        for (var i = 0; i < 3; i++)
        {
            var packet = Make.WithHeader(Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(800)), dontFragment: false);
            var arrived = Assert.Single(_pair.ToBob(hints == PacketHints.None ? packet : Make.Partial(packet), hints));

            Assert.Equal((byte)DatagramType.Data, _pair.Alice.Wire.Datagrams.Single()[0]);
            Assert.True(Ipv4.TryRead(arrived, out var ip));
            Assert.False(ip.DontFragment);
            Assert.True(Check.HasRightChecksum(arrived));
            identifications.Add(ip.Identification);
        }

        Assert.Equal(3, identifications.Distinct().Count());
    }

    [Fact]
    public void Fragments_add_up_to_a_packet_with_a_right_checksum()
    {
        var whole = Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(800));
        var (first, second) = Make.Fragments(whole, 400);

        byte[] joined = [.. Assert.Single(_pair.ToBob(first)), .. Assert.Single(_pair.ToBob(second))[Ipv4.MinimumHeaderLength..]];
        whole.AsSpan(Ipv4.TotalLengthAt, 2).CopyTo(joined.AsSpan(Ipv4.TotalLengthAt));

        Assert.True(Check.HasRightChecksum(joined));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Congestion_marked_on_the_way_reaches_the_packet(byte inner)
    {
        var plain = Make.WithHeader(Make.Udp(Device, AsAliceSees, 1, 2, "x"u8), tos: inner);
        foreach (var packet in new[] { plain, Make.WithIpOptions(plain) })
        {
            _pair.Alice.Wire.Clear();
            _pair.Bob.Delivered.Clear();
            _pair.Alice.Send(packet);
            Assert.Equal(inner, _pair.Alice.Wire.Runs.Single().To.Ecn);
            _pair.Give(_pair.Alice.Wire.Datagrams.Single(), ecn: 3);

            // RFC 6040 §4.2: a sender that does not understand the mark must not get the packet as if nothing had happened.
            Assert.Equal(inner == 0, _pair.Bob.Delivered.Count == 0);
            Assert.All(_pair.Bob.Delivered, p => Assert.Equal(3, p[Ipv4.TosAt]));
        }

        Assert.Equal(inner == 0 ? 2 : 0, _pair.Bob.Router.Drops[DropReason.CongestionMarked]);
    }

    [Fact]
    public void An_ordinary_packet_grows_by_37_bytes()
    {
        var packet = Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(100));
        _pair.ToBob(packet);
        Assert.Equal(packet.Length + 37, _pair.Alice.Wire.Datagrams.Single().Length + 28);
    }

    private void AssertThereAndBack(byte[] there, byte[] answer)
    {
        var arrived = Assert.Single(_pair.ToBob(there));
        Check.IsTranslation(there, arrived, AsBobSees, Device);
        Assert.True(Check.HasRightChecksum(arrived));

        var back = Assert.Single(_pair.ToAlice(answer)); // alice shares nothing: it comes in because it answers
        Check.IsTranslation(answer, back, AsAliceSees, Device);
        Assert.True(Check.HasRightChecksum(back));
        Assert.Equal(0, _pair.Alice.Dropped + _pair.Bob.Dropped);
    }
}
