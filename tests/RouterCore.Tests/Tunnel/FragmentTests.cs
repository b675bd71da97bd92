using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Tunnel;

/// <summary>What is too long for the path and may not be refused goes in parts and arrives whole.</summary>
public sealed class FragmentTests
{
    private const uint Device = Side.DeviceAddress;
    private readonly RouterPair _pair = new();

    public FragmentTests() => Narrow(548);

    private uint AsAliceSees => _pair.Alice.Virtual;

    public static TheoryData<int> Lengths => [492, 493, 996, 1200, 1472, 9000, 65_507];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_datagram_that_may_be_fragmented_arrives_whole_and_may_still_be(int length)
    {
        var sent = Make.WithHeader(Make.Udp(Device, AsAliceSees, 1234, 53, Make.Bytes(length)), dontFragment: false);

        var delivered = Assert.Single(_pair.ToBob([.. sent]));

        Assert.All(_pair.Alice.Wire.Datagrams, d => Assert.InRange(d.Length, 24, 548));
        Check.IsTranslation(sent, delivered, _pair.Bob.Virtual, Device);
        Assert.True(Check.HasRightChecksum(delivered));
        Assert.Equal(0, delivered[Ipv4.FragmentAt]);
    }

    [Fact]
    public void Partial_checksums_options_and_fragments_come_through_too()
    {
        var udp = Make.WithHeader(Make.Udp(Device, AsAliceSees, 1234, 53, Make.Bytes(1400)), dontFragment: false);
        var partial = Assert.Single(_pair.ToBob(Make.Partial([.. udp]), PacketHints.PartialChecksum));
        Assert.True(Check.HasRightChecksum(partial));

        var options = Make.WithHeader(Make.WithIpOptions([.. udp]), dontFragment: false);
        Check.IsTranslation(options, Assert.Single(_pair.ToBob([.. options])), _pair.Bob.Virtual, Device);

        var (first, second) = Make.Fragments(Make.Udp(Device, AsAliceSees, 1234, 53, Make.Bytes(2500)), 1400);
        Check.IsTranslation(first, Assert.Single(_pair.ToBob([.. first])), _pair.Bob.Virtual, Device);
        Check.IsTranslation(second, Assert.Single(_pair.ToBob([.. second])), _pair.Bob.Virtual, Device);
    }

    [Fact]
    public void Parts_are_of_one_size_and_leave_in_one_run()
    {
        _pair.ToBob(Make.WithHeader(Make.Udp(Device, AsAliceSees, 1, 2, Make.Bytes(3000)), dontFragment: false));

        var run = Assert.Single(_pair.Alice.Wire.Runs);
        var sizes = run.Bytes.Chunk(run.Size).Select(d => d.Length).ToArray();
        Assert.Equal(6, sizes.Length);
        Assert.All(sizes.SkipLast(1), s => Assert.Equal(run.Size, s));
        Assert.InRange(sizes[^1], run.Size - 5, run.Size);
    }

    [Fact]
    public void Parts_may_come_in_any_order_and_those_of_several_packets_may_be_mixed()
    {
        var random = new Scenario.Tests.World.SeededRandom(5);
        byte[][] packets = [.. Enumerable.Range(0, 6).Select(i => Make.Udp(Device, AsAliceSees, (ushort)(1000 + i), 7, Make.Bytes(1200 + i, i)))];
        foreach (var part in Parts(packets).OrderBy(_ => random.Below(1000)).ToArray())
        {
            _pair.Give(part);
        }

        Assert.Equal(packets.Select(Payload).Order(), _pair.Bob.Delivered.Select(Payload).Order());
        Assert.Equal(0, _pair.Bob.Dropped);
    }

    [Fact]
    public void A_lost_part_loses_the_packet_and_nothing_else()
    {
        var parts = Parts([Make.Udp(Device, AsAliceSees, 1, 7, Make.Bytes(1200)), Make.Udp(Device, AsAliceSees, 2, 7, Make.Bytes(1200, 2))]);
        foreach (var part in parts.Skip(1))
        {
            _pair.Give(part);
        }

        Assert.Equal(2, BinaryPrimitives.ReadUInt16BigEndian(Assert.Single(_pair.Bob.Delivered).AsSpan(20)));
    }

    [Fact]
    public void Packets_that_stay_unfinished_give_way_to_newer_ones_and_are_counted()
    {
        byte[][] packets = [.. Enumerable.Range(0, 50).Select(i => Make.Udp(Device, AsAliceSees, 1, 7, Make.Bytes(1200, i)))];
        foreach (var part in packets.Select(p => Parts([p])[0]))
        {
            _pair.Give(part);
        }

        Assert.Equal(50 - 8, _pair.Bob.Router.Drops[DropReason.PartsMissing]);
        Assert.Single(_pair.ToBob(Make.Udp(Device, AsAliceSees, 9, 7, Make.Bytes(1200))));
    }

    [Fact]
    public void A_part_that_came_before_counts_once()
    {
        var parts = Parts([Make.Udp(Device, AsAliceSees, 1, 7, Make.Bytes(1200))]);
        _pair.Give([.. parts[0]]);
        _pair.Give([.. parts[0]]);
        _pair.Give([.. parts[1]]);
        Assert.Empty(_pair.Bob.Delivered);
        Assert.Equal(1, _pair.Bob.Router.Drops[DropReason.Replayed]);

        _pair.Give(parts[2]);
        Assert.Single(_pair.Bob.Delivered);
    }

    [Theory]
    [InlineData("22 00 02 0002 AA")] // whole is no Data
    [InlineData("20 00 01 0001 AA")] // one part
    [InlineData("20 02 02 0003 AA")] // a third of two
    [InlineData("20 00 02 0002")] // nothing behind
    [InlineData("20 00 02 0004 AA")] // shorter than it must be
    [InlineData("20 00 02 0002 AABB")] // longer
    [InlineData("20 03 04 0003 AA")] // beyond the end
    public void A_part_that_makes_no_sense_is_dropped_though_it_is_authentic(string content)
    {
        _pair.Give(_pair.SealedByAlice(DatagramType.Fragment, Convert.FromHexString(content.Replace(" ", "", StringComparison.Ordinal))));
        Assert.Equal(1, _pair.Bob.Router.Drops[DropReason.MalformedContent]);
    }

    [Fact]
    public void Parts_that_contradict_one_another_are_dropped()
    {
        _pair.Give(_pair.SealedByAlice(DatagramType.Fragment, [0x20, 0, 2, 0, 2, 0xAA]));
        _pair.Give(_pair.SealedByAlice(DatagramType.Fragment, [0x21, 1, 2, 0, 2, 0xAA]));
        Assert.Equal(1, _pair.Bob.Router.Drops[DropReason.MalformedContent]);
    }

    [Fact]
    public void Congestion_that_one_part_met_reaches_the_packet()
    {
        var parts = Parts([Make.WithHeader(Make.Udp(Device, AsAliceSees, 1, 7, Make.Bytes(1200)), tos: 2, dontFragment: false)]);
        for (var i = 0; i < parts.Length; i++)
        {
            _pair.Give(parts[i], ecn: (byte)(i == 1 ? 3 : 2));
        }

        Assert.Equal(3, Assert.Single(_pair.Bob.Delivered)[Ipv4.TosAt] & 3);
    }

    [Fact]
    public void What_is_not_shared_is_not_shared_in_parts_either()
    {
        _pair.Bob.Context.Shared = RouterCore.Translation.SharedPorts.Nothing;
        Assert.Empty(_pair.ToBob(Make.Udp(Device, AsAliceSees, 1, 7, Make.Bytes(1200))));
        Assert.Equal(1, _pair.Bob.Router.Drops[DropReason.NotShared]);
    }

    private byte[][] Parts(IEnumerable<byte[]> packets)
    {
        _pair.Alice.Wire.Clear();
        Assert.All(packets, p => Assert.Equal(Outcome.Consumed, _pair.Alice.Send([.. p])));
        return [.. _pair.Alice.Wire.Datagrams];
    }

    private void Narrow(int datagram)
    {
        var path = _pair.Alice.Session.Active!;
        _pair.Alice.Session.Active = new SendPath(path.Uplink, path.Remote, path.PathId, datagram) { SizeKnown = true };
    }

    private static string Payload(byte[] packet) => Convert.ToHexString(packet.AsSpan(20)[8..]);
}
