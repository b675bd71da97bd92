using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Translation;

/// <summary>Devices of which one or both speak IPv6 (docs/decisions/0015): their packets go out at one router and in at the other.</summary>
public sealed class Ipv6RoundTripTests
{
    private const uint Device = Side.DeviceAddress;
    private const uint Word = 0x12345678;

    public static TheoryData<bool, bool, string, int> Kinds
    {
        get
        {
            var kinds = new TheoryData<bool, bool, string, int>();
            foreach (var kind in new[] { "udp", "tcp", "echo" })
            {
                foreach (var length in new[] { 0, 1, 7, 64, 1200, 1380 })
                {
                    kinds.Add(true, false, kind, length);
                    kinds.Add(false, true, kind, length);
                    kinds.Add(true, true, kind, length);
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_packet_and_its_answer_arrive_in_the_receivers_version_with_right_checksums(bool alice, bool bob, string kind, int length)
    {
        var pair = Pair(alice, bob);
        var payload = Make.Bytes(length);

        var there = Assert.Single(pair.ToBob(FromAlice(pair, alice, Sent(kind, payload, pair.Alice.Virtual))));
        AssertArrived(there, kind, payload, bob ? (Six.Bob.Virtual, Six.Bob.Local) : (pair.Bob.Virtual, Device));
        var back = Assert.Single(pair.ToAlice(FromBob(pair, bob, Sent(kind, payload, pair.Bob.Virtual, isAnswer: true))));
        AssertArrived(back, kind, payload, alice ? (Six.Alice.Virtual, Six.Alice.Local) : (pair.Alice.Virtual, Device));
    }

    [Fact]
    public void Thirty_seven_bytes_go_and_forty_come()
    {
        var pair = Pair(true, true);
        var packet = FromAlice(pair, true, Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(100)));
        pair.ToBob(packet);

        // RFC 8200's 40 bytes give place to 8 of a datagram's header, 5 of the packet's and 16 of the tag.
        Assert.Equal(packet.Length - 40 + 8 + 5 + 16, Assert.Single(pair.Alice.Wire.Runs).Bytes.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_super_packet_of_tcp_arrives_as_segments(bool toIpv6)
    {
        var pair = Pair(!toIpv6, toIpv6);
        var payload = Make.Bytes(20_000);
        var whole = FromAlice(pair, !toIpv6, Make.Tcp(Device, pair.Alice.Virtual, 1, 80, payload));

        var arrived = pair.ToBob(whole).Select(packet =>
        {
            Assert.True(Six.HasRightChecksum(packet));
            Assert.True(Tcp.TryRead(Transport(packet), out var tcp));
            return tcp.Payload.ToArray();
        });
        Assert.Equal(payload, arrived.SelectMany(p => p));
    }

    [Fact]
    public void What_ipv4_may_fragment_reaches_ipv6_in_fragments_that_every_link_carries()
    {
        var pair = Pair(false, true);
        var datagram = Make.WithHeader(Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(3000)), dontFragment: false);

        var fragments = pair.ToBob(datagram);

        Assert.Equal(3, fragments.Count);
        AssertWhole(fragments, IpProtocol.Udp, Make.Bytes(3000));
    }

    [Fact]
    public void A_large_ping_that_our_kernel_put_together_reaches_ipv6_in_fragments()
    {
        var pair = Pair(true, true);
        var fragments = pair.ToBob(FromAlice(pair, true, Make.Echo(Device, pair.Alice.Virtual, 9, Make.Bytes(2500))));

        Assert.Equal(3, fragments.Count);
        AssertWhole(fragments, IpProtocol.Icmpv6, Make.Bytes(2500));
    }

    [Fact]
    public void Fragments_of_ipv6_are_fragments_of_ipv4()
    {
        var pair = Pair(true, false);
        var udp = Transport(FromAlice(pair, true, Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(1000))));
        var first = pair.ToBob(FragmentOf(udp.AsSpan(0, 512), 0, more: true));
        var second = pair.ToBob(FragmentOf(udp.AsSpan(512), 512, more: false));

        Assert.True(Ipv4.TryRead(Assert.Single(first), out var one));
        Assert.True(Ipv4.TryRead(Assert.Single(second), out var two));
        Assert.Equal((0, true, 512, false), (one.FragmentOffset, one.MoreFragments, two.FragmentOffset, two.MoreFragments));
        Assert.Equal(unchecked((ushort)Word), one.Identification);
        Assert.Equal(unchecked((ushort)Word), two.Identification);
        byte[] whole = [.. one.Payload, .. two.Payload];
        Assert.Equal(0xFFFF, Checksum.Sum(whole, Checksum.PseudoHeader(one.Source, one.Destination, IpProtocol.Udp, whole.Length)));
    }

    [Fact]
    public void A_datagram_without_checksum_gets_one()
    {
        var pair = Pair(false, true);
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1, 2, "hello"u8);
        packet.AsSpan(Ipv4.MinimumHeaderLength + Udp.ChecksumAt, 2).Clear();

        Assert.True(Six.HasRightChecksum(Assert.Single(pair.ToBob(packet))));
    }

    [Fact]
    public void A_wrong_checksum_stays_wrong()
    {
        var pair = Pair(true, true);
        foreach (var kind in new[] { "udp", "tcp", "echo" })
        {
            var packet = FromAlice(pair, true, Sent(kind, "hello"u8, pair.Alice.Virtual));
            packet[^1] ^= 1;
            Assert.False(Six.HasRightChecksum(Assert.Single(pair.ToBob(packet))));
        }
    }

    [Fact]
    public void A_packet_too_long_for_the_path_is_told_of_once_a_second_and_arrives_nevertheless()
    {
        var pair = Pair(true, true);
        pair.Alice.Session.Active = Narrow(pair.Alice.Session.Active!, 1300);
        var packet = FromAlice(pair, true, Make.Udp(Device, pair.Alice.Virtual, 1, 2, Make.Bytes(1440)));

        Assert.Equal(packet.Length, Assert.Single(pair.ToBob(packet)).Length);
        Assert.Equal(packet.Length, Assert.Single(pair.ToBob(packet)).Length);
        Assert.Equal(Icmp.FragmentationNeeded, Assert.Single(pair.Alice.Told.OfType<IcmpNeeded>()).Code);
    }

    [Fact]
    public void Nobody_on_the_lan_can_pretend_to_be_what_stands_for_an_ipv6_device()
    {
        var pair = Pair(true, true);
        Assert.Equal(Outcome.Drop(DropReason.OwnAddress), pair.Alice.Send(Make.Udp(7, pair.Alice.Virtual, 1, 2, "x"u8)));
    }

    [Fact]
    public void Ordinary_ipv6_goes_its_way_and_unknown_addresses_are_the_nodes()
    {
        var pair = Pair(true, true);
        Assert.Equal(Outcome.Accept, pair.Alice.Send(Six.Packet(Six.Alice.Local, 1, IpProtocol.Udp, new byte[8])));
        Assert.Equal(Outcome.Consumed, pair.Alice.Send(Six.Packet(Six.Alice.Local + 1, Six.Alice.Virtual, IpProtocol.Udp, new byte[8])));
        Assert.Single(pair.Alice.Told.OfType<Ipv6Held>());
    }

    private static RouterPair Pair(bool alice, bool bob) => new(alice ? Six.Alice : null, bob ? Six.Bob : null);

    private static SendPath Narrow(SendPath path, int size) => new(path.Uplink, path.Remote, path.PathId, size) { SizeKnown = true };

    private static byte[] FragmentOf(ReadOnlySpan<byte> part, int offset, bool more)
    {
        byte[] payload = [.. new byte[Ipv6.FragmentHeaderLength], .. part];
        Ipv6.WriteFragmentHeader(payload, IpProtocol.Udp, offset, more, Word);
        return Six.Packet(Six.Alice.Local, Six.Alice.Virtual, IpProtocol.Fragment, payload);
    }

    private static byte[] Sent(string kind, ReadOnlySpan<byte> payload, uint to, bool isAnswer = false)
    {
        ushort from = isAnswer ? (ushort)80 : (ushort)4000, port = isAnswer ? (ushort)4000 : (ushort)80;
        return kind switch
        {
            "udp" => Make.Udp(Device, to, from, port, payload),
            "tcp" => Make.Tcp(Device, to, from, port, payload),
            _ => Make.Echo(Device, to, 9, payload, isAnswer ? Icmp.EchoReply : Icmp.EchoRequest),
        };
    }

    private static byte[] FromAlice(RouterPair pair, bool isIpv6, byte[] packet) =>
        isIpv6 ? Six.From(packet, Six.Alice.Local, Six.Alice.Virtual) : Make.WithHeader(packet, dontFragment: pair.Alice.Context.Ipv6 is null);

    private static byte[] FromBob(RouterPair pair, bool isIpv6, byte[] packet) =>
        isIpv6 ? Six.From(packet, Six.Bob.Local, Six.Bob.Virtual) : Make.WithHeader(packet, dontFragment: pair.Bob.Context.Ipv6 is null);

    private static byte[] Transport(byte[] packet) => Ipv6.TryRead(packet, out var ip) ? ip.Payload.ToArray() : packet[Ipv4.MinimumHeaderLength..];

    private static void AssertArrived(byte[] packet, string kind, byte[] payload, (UInt128 Source, UInt128 Destination) addresses)
    {
        Assert.True(Six.HasRightChecksum(packet));
        if (Ipv6.TryRead(packet, out var ip))
        {
            Assert.Equal(addresses, (ip.Source, ip.Destination));
            Assert.Equal(63, ip.HopLimit);
        }
        else
        {
            Assert.True(Ipv4.TryRead(packet, out var ip4));
            Assert.Equal(addresses, ((UInt128)ip4.Source, (UInt128)ip4.Destination));
            Assert.Equal(63, ip4.TimeToLive);
        }

        Assert.Equal(payload, Transport(packet)[(kind == "tcp" ? Tcp.MinimumHeaderLength : 8)..]);
    }

    private static void AssertWhole(IReadOnlyList<byte[]> fragments, byte protocol, byte[] payload)
    {
        var whole = new List<byte>();
        var identifications = new HashSet<uint>();
        foreach (var fragment in fragments)
        {
            Assert.InRange(fragment.Length, 1, 1280);
            Assert.True(Ipv6.TryRead(fragment, out var ip));
            Assert.Equal(whole.Count, ip.FragmentOffset);
            Assert.Equal(fragment != fragments[^1], ip.MoreFragments);
            identifications.Add(ip.Identification);
            whole.AddRange(ip.Payload);
        }

        Assert.Single(identifications);
        Assert.Equal(payload, whole.Skip(8));
        Assert.True(Six.HasRightChecksum(Six.Packet(Six.Bob.Virtual, Six.Bob.Local, protocol, [.. whole])));
    }
}
