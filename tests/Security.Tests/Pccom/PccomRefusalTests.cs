using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>What must go by tunnel is named, and left as it was.</summary>
public sealed class PccomRefusalTests
{
    public static TheoryData<TcpFlags> Control => [TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst];

    [Theory]
    [MemberData(nameof(Control))]
    public void Syn_fin_and_rst_go_by_tunnel_even_with_data(TcpFlags flags) => Refuses(PccomRefusal.ConnectionControl, Ipv4Packet(Tcp_(100), p =>
    {
        p[Ipv4.MinimumHeaderLength + Tcp.FlagsAt] = (byte)flags;
        TransportChecksum.Complete(p);
    }));

    [Fact]
    public void Segments_without_payload_go_by_tunnel() => Refuses(PccomRefusal.BareAcknowledgement, Ipv4Packet(Tcp_(0)));

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public void Payloads_below_a_block_go_by_tunnel(int payload)
    {
        Refuses(PccomRefusal.ShortPayload, Ipv4Packet(Tcp_(payload)));
        Refuses(PccomRefusal.ShortPayload, Ipv4Packet(Udp_(payload)));
        Refuses(PccomRefusal.ShortPayload, Ipv6Packet(Udp_(payload)));
        Refuses(PccomRefusal.ShortPayload, Ipv4Packet(Udp_(0)));
    }

    [Theory]
    [InlineData(0x2000)] // more fragments
    [InlineData(0x0010)] // a later one
    public void Fragments_go_by_tunnel(int word)
    {
        Refuses(PccomRefusal.Fragment, Ipv4Packet(Udp_(100), p => BinaryPrimitives.WriteUInt16BigEndian(p.AsSpan(Ipv4.FragmentAt), (ushort)word)));
        var fragment = (byte)(word == 0x2000 ? 1 : 8); // the flag, or an offset
        Refuses(PccomRefusal.Fragment, Ipv6Packet([IpProtocol.Udp, 0, 0, fragment, 0, 0, 0, 1, .. Udp_(100).Transport], IpProtocol.Fragment));
    }

    [Fact]
    public void Protocols_without_ports_go_by_tunnel()
    {
        foreach (var protocol in (byte[])[IpProtocol.Icmp, 47, 50, 132])
        {
            Refuses(PccomRefusal.Portless, Ipv4Packet(Udp_(100), p => p[Ipv4.ProtocolAt] = protocol));
        }

        Refuses(PccomRefusal.Portless, Ipv6Packet(new byte[100], IpProtocol.Icmpv6));
    }

    [Fact]
    public void Options_of_the_ip_header_go_by_tunnel()
    {
        var options = Ipv4Packet(Udp_(100), p => p[0] = 0x46);
        Refuses(PccomRefusal.HeaderOptions, options);
        Refuses(PccomRefusal.HeaderOptions, Ipv6Packet([IpProtocol.Udp, 0, 1, 4, 0, 0, 0, 0, .. Udp_(100).Transport], IpProtocol.DestinationOptions));
    }

    [Fact]
    public void A_wrong_checksum_is_not_hidden()
    {
        Refuses(PccomRefusal.WrongChecksum, Ipv4Packet(Udp_(100), p => p[^1] ^= 1), opens: PccomRefusal.Forged);
        Refuses(PccomRefusal.WrongChecksum, Ipv4Packet(Tcp_(100), p => p[^1] ^= 1), opens: PccomRefusal.Forged);
    }

    [Fact]
    public void Headers_that_state_what_cannot_be_are_malformed()
    {
        Refuses(PccomRefusal.Malformed, [0x50, .. new byte[60]]);
        Refuses(PccomRefusal.Malformed, Ipv4Packet(Udp_(100), p => p[0] = 0x44));
        Refuses(PccomRefusal.Malformed, Ipv4Packet(Tcp_(100), p => p[Ipv4.MinimumHeaderLength + Tcp.HeaderWordsAt] = 0x40));
        Refuses(PccomRefusal.Malformed, Ipv4Packet(Tcp_(20), p => p[Ipv4.MinimumHeaderLength + Tcp.HeaderWordsAt] = 0xF0));
        foreach (var length in (byte[])[7, 107, 109])
        {
            Refuses(PccomRefusal.Malformed, Ipv4Packet(Udp_(100), p => p[Ipv4.MinimumHeaderLength + Udp.LengthAt + 1] = length));
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach (var packet in (byte[][])[Ipv4Packet(Tcp_(40)), Ipv4Packet(Udp_(40)), Ipv6Packet(Tcp_(40)), Ipv6Packet(Udp_(40))])
        {
            for (var length = 0; length < packet.Length; length++)
            {
                Refuses(PccomRefusal.Truncated, packet[..length]);
            }
        }

        using var pair = new PccomPair();
        Assert.False(pair.Initiator.Sending.TryProtect(new byte[19], IpProtocol.Tcp, 0, 0, partialChecksum: true, out var refusal));
        Assert.Equal(PccomRefusal.Truncated, refusal);
        Assert.False(pair.Initiator.Sending.TryProtect(new byte[7], IpProtocol.Udp, 0, 0, partialChecksum: true, out refusal));
        Assert.Equal(PccomRefusal.Truncated, refusal);
        Assert.False(pair.Initiator.Sending.TryProtect(new byte[100], IpProtocol.Icmp, 0, 0, partialChecksum: true, out refusal));
        Assert.Equal(PccomRefusal.Portless, refusal);
    }

    [Fact]
    public void What_was_not_protected_and_what_another_session_protected_is_refused()
    {
        using var pair = new PccomPair();
        using var stranger = new PccomSession(new byte[PccomSession.SecretSize], initiator: true);
        var packet = Ipv4Packet(Tcp_(100));
        Assert.False(pair.Responder.Receiving.TryOpen(packet, 0, out var refusal));
        Assert.Equal(PccomRefusal.Forged, refusal);
        Assert.True(stranger.Sending.TryProtect(packet, 0, partialChecksum: false, out _));
        Assert.False(pair.Responder.Receiving.TryOpen(packet, 0, out refusal));
        Assert.Equal(PccomRefusal.Forged, refusal);
    }

    [Fact]
    public void Whole_packets_come_through_and_what_follows_them_is_left_alone()
    {
        using var pair = new PccomPair();
        foreach (var packet in (byte[][])[Ipv4Packet(Tcp_(40)), Ipv4Packet(Udp_(40)), Ipv6Packet(Tcp_(40)), Ipv6Packet(Udp_(40))])
        {
            byte[] padded = [.. packet, 1, 2, 3], onTheWay = [.. padded];
            Assert.True(pair.Initiator.Sending.TryProtect(onTheWay, PccomPair.Flow, partialChecksum: false, out _));
            Assert.NotEqual(padded, onTheWay);
            Assert.True(pair.Responder.Receiving.TryOpen(onTheWay, PccomPair.Flow, out _));
            Assert.Equal(padded, onTheWay);
        }
    }

    private static void Refuses(PccomRefusal why, byte[] packet, PccomRefusal? opens = null)
    {
        using var pair = new PccomPair();
        byte[] copy = [.. packet];
        Assert.False(pair.Initiator.Sending.TryProtect(copy, 0, partialChecksum: false, out var refusal));
        Assert.Equal(why, refusal);
        Assert.False(pair.Responder.Receiving.TryOpen(copy, 0, out refusal));
        Assert.Equal(opens ?? why, refusal);
        Assert.Equal(packet, copy);
    }

    private static WirePacket Tcp_(int payload)
    {
        var (dice, packet) = (new Dice(1), new WirePacket());
        packet.FillTcp(ref dice, 12, payload);
        return packet;
    }

    private static WirePacket Udp_(int payload)
    {
        var (dice, packet) = (new Dice(2), new WirePacket());
        packet.FillUdp(ref dice, payload);
        return packet;
    }

    private static byte[] Ipv4Packet(WirePacket from, Action<byte[]>? change = null)
    {
        byte[] packet = [.. new byte[Ipv4.MinimumHeaderLength], .. from.Transport];
        Ipv4.Write(packet, from.Source, from.Destination, from.Protocol, from.Length);
        change?.Invoke(packet);
        return packet;
    }

    private static byte[] Ipv6Packet(WirePacket from)
    {
        var packet = Ipv6Packet(from.Transport.ToArray(), from.Protocol);
        Assert.True(TransportChecksum.Complete(packet));
        return packet;
    }

    private static byte[] Ipv6Packet(byte[] payload, byte next)
    {
        byte[] packet = [0x60, 0, 0, 0, 0, (byte)payload.Length, next, 64, .. new byte[32], .. payload];
        (packet[Ipv6.SourceAt], packet[Ipv6.DestinationAt]) = (0x20, 0xFD);
        return packet;
    }
}
