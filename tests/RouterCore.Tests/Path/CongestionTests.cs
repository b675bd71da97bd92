using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>What becomes of packets when a sender is to slow down (<see cref="LoopState.SlowsSender"/>).</summary>
public sealed class CongestionTests
{
    private const uint Device = Side.DeviceAddress;
    private readonly RouterPair _pair = new();

    [Fact]
    public void A_large_datagram_is_lost_once()
    {
        var packet = Make.Udp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(1200));
        Slow();
        Assert.Equal(Outcome.Drop(DropReason.StandingQueue), _pair.Alice.Send(packet));
        Assert.Single(_pair.ToBob(packet));
        Assert.Equal(1, _pair.Alice.Router.Drops[DropReason.StandingQueue]);
    }

    [Fact]
    public void Small_packets_are_spared_and_the_next_large_one_is_lost()
    {
        Slow();
        Assert.Single(_pair.ToBob(Make.Udp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(160))));
        Assert.Single(_pair.ToBob(Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, [], TcpFlags.Syn)));
        Assert.Equal(
            Outcome.Drop(DropReason.StandingQueue), _pair.Alice.Send(Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(1300))));
    }

    [Fact]
    public void Of_a_super_packet_the_first_segment_is_lost()
    {
        const int Headers = Ipv4.MinimumHeaderLength + Tcp.MinimumHeaderLength;
        var packet = Make.Tcp(Device, _pair.Alice.Virtual, 1000, 80, Make.Bytes(20_000), sequence: 5000);
        Slow();
        var segments = _pair.ToBob(packet);
        var first = (int)BinaryPrimitives.ReadUInt32BigEndian(segments[0].AsSpan(Headers - Tcp.MinimumHeaderLength + Tcp.SequenceAt)) - 5000;
        Assert.Equal(segments[0].Length - Headers, first);
        Assert.Equal(packet[(Headers + first)..], segments.SelectMany(s => s[Headers..]));
        Assert.Equal(1, _pair.Alice.Router.Drops[DropReason.StandingQueue]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_sender_that_understands_ecn_is_told_by_a_mark(byte capable)
    {
        byte[][] packets =
        [
            Make.Udp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(1200)),
            Make.Tcp(Device, _pair.Alice.Virtual, 1000, 80, Make.Bytes(20_000)),
        ];
        foreach (var packet in packets)
        {
            Slow();
            Assert.All(_pair.ToBob(Make.WithHeader(packet, tos: capable)), p => Assert.Equal(Ecn.CongestionExperienced, p[Ipv4.TosAt]));
            Assert.False(_pair.Alice.FromLan.SlowsSender);
        }

        Assert.Equal(0, _pair.Alice.Router.Drops[DropReason.StandingQueue]);
    }

    private void Slow() => _pair.Alice.FromLan.SlowsSender = true;
}
