using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>Builds packets as hosts send them: whole, with right checksums.</summary>
internal static class Make
{
    public static byte[] Udp(uint from, uint to, ushort fromPort, ushort toPort, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[Ipv4.MinimumHeaderLength + Packets.Udp.HeaderLength + payload.Length];
        var udp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        payload.CopyTo(udp[Packets.Udp.HeaderLength..]);
        Packets.Udp.Write(udp, from, to, fromPort, toPort);
        Ipv4.Write(packet, from, to, IpProtocol.Udp, udp.Length);
        return packet;
    }

    /// <param name="from">Source address.</param>
    /// <param name="to">Destination address.</param>
    /// <param name="fromPort">Source port.</param>
    /// <param name="toPort">Destination port.</param>
    /// <param name="payload">Bytes behind the header.</param>
    /// <param name="flags">ACK unless said otherwise.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="options">A multiple of four bytes.</param>
    public static byte[] Tcp(
        uint from, uint to, ushort fromPort, ushort toPort, ReadOnlySpan<byte> payload,
        TcpFlags flags = TcpFlags.Ack, uint sequence = 1000, ReadOnlySpan<byte> options = default)
    {
        var headerLength = Packets.Tcp.MinimumHeaderLength + options.Length;
        var packet = new byte[Ipv4.MinimumHeaderLength + headerLength + payload.Length];
        var tcp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], toPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Packets.Tcp.SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Packets.Tcp.AcknowledgementAt..], 77);
        tcp[Packets.Tcp.HeaderWordsAt] = (byte)(headerLength / 4 << 4);
        tcp[Packets.Tcp.FlagsAt] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[Packets.Tcp.WindowAt..], 500);
        options.CopyTo(tcp[Packets.Tcp.MinimumHeaderLength..]);
        payload.CopyTo(tcp[headerLength..]);
        Ipv4.Write(packet, from, to, IpProtocol.Tcp, tcp.Length);
        Checksums(packet);
        return packet;
    }

    public static byte[] Echo(uint from, uint to, ushort identifier, ReadOnlySpan<byte> payload, byte type = Icmp.EchoRequest)
    {
        var packet = new byte[Ipv4.MinimumHeaderLength + Icmp.HeaderLength + payload.Length];
        var icmp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        icmp[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[Icmp.IdentifierAt..], identifier);
        payload.CopyTo(icmp[Icmp.HeaderLength..]);
        Ipv4.Write(packet, from, to, IpProtocol.Icmp, icmp.Length);
        Checksums(packet);
        return packet;
    }

    /// <summary>An ICMP error about a packet, as a host sends it that received the packet.</summary>
    /// <param name="quoted">The packet as it was received.</param>
    /// <param name="type">ICMP type.</param>
    /// <param name="code">ICMP code.</param>
    /// <param name="transportBytes">How much of the packet is quoted behind its IP header; 8 is what RFC 792 asks for.</param>
    public static byte[] Error(ReadOnlySpan<byte> quoted, byte type = Icmp.DestinationUnreachable, byte code = 3, int transportBytes = 520)
    {
        Assert.True(Ipv4.TryRead(quoted, out var ip));
        var quote = quoted[..Math.Min(quoted.Length, ip.HeaderLength + transportBytes)];
        var packet = new byte[Ipv4.MinimumHeaderLength + Icmp.HeaderLength + quote.Length];
        var icmp = packet.AsSpan(Ipv4.MinimumHeaderLength);
        (icmp[0], icmp[1]) = (type, code);
        quote.CopyTo(icmp[Icmp.HeaderLength..]);
        Ipv4.Write(packet, ip.Destination, ip.Source, IpProtocol.Icmp, icmp.Length);
        Checksums(packet);
        return packet;
    }

    /// <summary>The same packet with IP options (record route, empty) in front of its payload.</summary>
    public static byte[] WithIpOptions(byte[] packet)
    {
        byte[] options = [7, 7, 4, 0, 0, 0, 0, 0];
        byte[] longer = [.. packet[..Ipv4.MinimumHeaderLength], .. options, .. packet[Ipv4.MinimumHeaderLength..]];
        longer[0] = 0x47;
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(Ipv4.TotalLengthAt), (ushort)longer.Length);
        Ipv4.WriteChecksum(longer.AsSpan(0, 28));
        return longer;
    }

    /// <summary>The packet as two fragments.</summary>
    /// <param name="packet">A packet without IP options.</param>
    /// <param name="firstBytes">Payload bytes of the first, a multiple of eight.</param>
    public static (byte[] First, byte[] Second) Fragments(byte[] packet, int firstBytes)
    {
        var at = Ipv4.MinimumHeaderLength;
        return (Fragment(packet, packet[at..(at + firstBytes)], 0x2000), Fragment(packet, packet[(at + firstBytes)..], (ushort)(firstBytes / 8)));
    }

    /// <summary>Replaces fields of the IP header and makes its checksum right.</summary>
    public static byte[] WithHeader(byte[] packet, byte? timeToLive = null, byte? tos = null, bool dontFragment = true)
    {
        packet[Ipv4.TimeToLiveAt] = timeToLive ?? packet[Ipv4.TimeToLiveAt];
        packet[Ipv4.TosAt] = tos ?? packet[Ipv4.TosAt];
        packet[Ipv4.FragmentAt] = (byte)(dontFragment ? 0x40 : 0);
        Ipv4.WriteChecksum(packet.AsSpan(0, (packet[0] & 15) * 4));
        return packet;
    }

    /// <summary>Leaves only the pseudo-header's sum in the transport checksum, as packets from an offloading NIC bear it.</summary>
    public static byte[] Partial(byte[] packet)
    {
        Ipv4.TryRead(packet, out var ip);
        var at = ip.HeaderLength + (ip.Protocol == IpProtocol.Tcp ? Packets.Tcp.ChecksumAt : Packets.Udp.ChecksumAt);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(at), Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length));
        return packet;
    }

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Scenario.Tests.World.SeededRandom((ulong)seed).Fill(bytes);
        return bytes;
    }

    private static byte[] Fragment(byte[] packet, byte[] payload, ushort fragmentWord)
    {
        byte[] fragment = [.. packet[..Ipv4.MinimumHeaderLength], .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(Ipv4.TotalLengthAt), (ushort)fragment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(Ipv4.IdentificationAt), 4711);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(Ipv4.FragmentAt), fragmentWord);
        Ipv4.WriteChecksum(fragment.AsSpan(0, Ipv4.MinimumHeaderLength));
        return fragment;
    }

    private static void Checksums(byte[] packet)
    {
        Ipv4.TryRead(packet, out var ip);
        var transport = packet.AsSpan(ip.HeaderLength);
        if (ip.Protocol == IpProtocol.Icmp)
        {
            Icmp.WriteChecksum(transport);
            return;
        }

        transport.Slice(Packets.Tcp.ChecksumAt, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            transport[Packets.Tcp.ChecksumAt..],
            Checksum.Compute(transport, Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, transport.Length)));
    }
}
