using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Tunnel;

namespace NTMobile.RouterCore;

/// <summary>
/// From IPv6 to IPv4 headers and back (RFC 7915). Inside the router and in the tunnel a packet has the form of IPv4; the router at whose LAN IPv6 is
/// spoken translates, in both directions, so that two devices of different versions need nothing more.
/// </summary>
internal static class HeaderTranslator
{
    private const int EthernetMtu = 1500;

    /// <summary>What a translation adds to the sum of a transport checksum.</summary>
    public static ushort Delta(UInt128 source, UInt128 destination, uint source4, uint destination4) =>
        Checksum.Fold((uint)(ushort)~Checksum.PseudoHeader(source, destination, 0, 0) + Checksum.PseudoHeader(source4, destination4, 0, 0));

    /// <summary>Makes a device's IPv6 packet one of IPv4, in place. Extension headers are left out, a fragment stays one.</summary>
    /// <param name="packet">The packet; it begins later afterwards.</param>
    /// <param name="ip">What was read of it.</param>
    /// <param name="source">What stands for its source.</param>
    /// <param name="destination">What stands for its destination.</param>
    /// <param name="delta">What the change of addresses adds to the sum of a transport checksum.</param>
    /// <returns>False: IPv4 has nothing like it.</returns>
    public static bool TryToIpv4(ref LanPacket packet, in Ipv6 ip, uint source, uint destination, ushort delta)
    {
        var (protocol, isFragment, offset) = (ip.Protocol, ip.IsFragment, ip.FragmentOffset);
        var (more, identification, length) = (ip.MoreFragments, (ushort)ip.Identification, ip.Bytes.Length);
        var at = packet.Start + ip.TransportAt;
        var end = packet.Start + ip.Bytes.Length;
        if (protocol == IpProtocol.Icmpv6)
        {
            // Its checksum covers the length of the whole, which a fragment does not tell.
            if (isFragment || !TryIcmpToIpv4(packet.Buffer, ref at, end, delta, (source, destination)))
            {
                return false;
            }

            protocol = IpProtocol.Icmp;
        }
        else if (offset == 0 && (packet.Hints & PacketHints.PartialChecksum) == 0)
        {
            InnerPacket.MoveChecksum(packet.Buffer[at..end], protocol, delta);
        }

        packet.Start = at - Ipv4.MinimumHeaderLength;
        packet.Length = end - packet.Start;
        if (packet.Length > ushort.MaxValue)
        {
            return false;
        }

        // RFC 7915 §5.1. What is longer than a frame of the LAN has been put together from fragments by our kernel (TCP: will be cut anyway).
        var dontFragment = length is > Icmpv6.LongestError and <= EthernetMtu && !isFragment;
        var header = packet.Buffer[packet.Start..at];
        Ipv4.Write(header, source, destination, protocol, end - at, ip.HopLimit, ip.TrafficClass, identification, dontFragment);
        if (isFragment)
        {
            Ipv4.MakeFragment(header, offset, more);
        }

        packet.Hints |= PacketHints.WasIpv6;
        return true;
    }

    /// <summary>Makes an ICMP error one of ICMPv6; its checksum is left to do.</summary>
    /// <param name="icmp">The whole ICMP message.</param>
    /// <param name="pair">The device that sent the quoted packet, and where it was to go.</param>
    /// <param name="delta">What the change of addresses adds to the sum of the quoted transport checksum; 0: that was done.</param>
    /// <param name="to">At least <see cref="Icmpv6.LongestError"/> bytes, for the ICMPv6 message.</param>
    /// <returns>Its length, or 0: IPv6 has nothing like it.</returns>
    public static int ErrorToIpv6(ReadOnlySpan<byte> icmp, Ipv6Pair pair, ushort delta, Span<byte> to)
    {
        if (!Icmp.TryRead(icmp, out var message) || !Ipv4.TryReadQuoted(message.Body, out var quoted) || quoted.FragmentOffset != 0
            || IcmpTypes.ToIpv6(message.Type, message.Code, BinaryPrimitives.ReadUInt32BigEndian(icmp[4..])) is not { } types)
        {
            return 0;
        }

        Write(to, types);
        const int transportAt = Icmp.HeaderLength + Ipv6.HeaderLength;
        var transport = quoted.Payload[..Math.Min(quoted.Payload.Length, Icmpv6.LongestError - Ipv6.HeaderLength - transportAt)];
        var protocol = quoted.Protocol == IpProtocol.Icmp ? IpProtocol.Icmpv6 : quoted.Protocol;
        Ipv6.Write(
            to[Icmp.HeaderLength..], pair.Local, pair.Virtual, protocol, quoted.TotalLength - quoted.HeaderLength, quoted.TimeToLive, quoted.Tos);
        var copy = to.Slice(transportAt, transport.Length);
        transport.CopyTo(copy);
        InnerPacket.MoveChecksum(copy, protocol, delta);
        if (protocol == IpProtocol.Icmpv6 && copy is [Icmp.EchoRequest or Icmp.EchoReply, ..])
        {
            copy[0] = copy[0] == Icmp.EchoRequest ? Icmpv6.EchoRequest : Icmpv6.EchoReply;
        }

        return transportAt + copy.Length;
    }

    /// <summary>Makes an ICMP echo one of ICMPv6, in place.</summary>
    /// <returns>False: it is none.</returns>
    public static bool TryEchoToIpv6(Span<byte> icmp, Ipv6Pair pair)
    {
        if (!Icmp.TryRead(icmp, out var message) || !message.IsEcho)
        {
            return false;
        }

        // A wrong checksum stays wrong.
        var type = message.Type == Icmp.EchoRequest ? Icmpv6.EchoRequest : Icmpv6.EchoReply;
        var delta = Checksum.Fold(
            (uint)(ushort)(type - message.Type << 8) + Checksum.PseudoHeader(pair.Virtual, pair.Local, IpProtocol.Icmpv6, icmp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(icmp[Icmp.ChecksumAt..], Checksum.Apply(message.Checksum, delta));
        icmp[0] = type;
        return true;
    }

    // The message moves towards the end of the packet: a quoted header becomes shorter.
    private static bool TryIcmpToIpv4(Span<byte> buffer, ref int at, int end, ushort delta, (uint Source, uint Destination) standIns)
    {
        var icmp = buffer[at..end];
        if (!Icmp.TryRead(icmp, out var message)
            || IcmpTypes.ToIpv4(message.Type, message.Code, BinaryPrimitives.ReadUInt32BigEndian(icmp[4..])) is not { } types)
        {
            return false;
        }

        if (Icmpv6.IsError(message.Type))
        {
            if (!Ipv6.TryReadQuoted(message.Body, out var quoted) || quoted.IsFragment)
            {
                return false;
            }

            var transportAt = at + Icmp.HeaderLength + quoted.TransportAt;
            QuotedToIpv4(buffer[(transportAt - Ipv4.MinimumHeaderLength)..end], in quoted, delta, standIns);
            at = transportAt - Ipv4.MinimumHeaderLength - Icmp.HeaderLength;
            icmp = buffer[at..end];
        }

        if (!Icmpv6.IsError(message.Type))
        {
            // Echo: a wrong checksum stays wrong. The pseudo-header of the IPv6 addresses goes, written by what stands for them.
            var pseudo = Checksum.PseudoHeader(standIns.Source, standIns.Destination, IpProtocol.Icmpv6, icmp.Length);
            var change = Checksum.Fold((uint)delta + (ushort)~pseudo + (ushort)~(message.Type << 8) + (uint)(types.Type << 8));
            BinaryPrimitives.WriteUInt16BigEndian(icmp[Icmp.ChecksumAt..], Checksum.Apply(message.Checksum, change));
            icmp[0] = types.Type;
            return true;
        }

        Write(icmp, types);
        Icmp.WriteChecksum(icmp);
        return true;
    }

    // What the device received came from the peer's device: the addresses stand the other way round.
    private static void QuotedToIpv4(Span<byte> to, in Ipv6 quoted, ushort delta, (uint Source, uint Destination) standIns)
    {
        var (hopLimit, trafficClass) = (quoted.HopLimit, quoted.TrafficClass);
        var protocol = quoted.Protocol == IpProtocol.Icmpv6 ? IpProtocol.Icmp : quoted.Protocol;
        var length = Math.Clamp(Ipv6.HeaderLength + quoted.PayloadLength - quoted.TransportAt, 0, ushort.MaxValue - Ipv4.MinimumHeaderLength);
        Ipv4.Write(to, standIns.Destination, standIns.Source, protocol, length, hopLimit, trafficClass);
        var transport = to[Ipv4.MinimumHeaderLength..];
        InnerPacket.MoveChecksum(transport, protocol, delta);
        if (protocol == IpProtocol.Icmp && transport is [Icmpv6.EchoRequest or Icmpv6.EchoReply, ..])
        {
            transport[0] = transport[0] == Icmpv6.EchoRequest ? Icmp.EchoRequest : Icmp.EchoReply;
        }
    }

    private static void Write(Span<byte> icmp, (byte Type, byte Code, uint Word) types)
    {
        (icmp[0], icmp[1]) = (types.Type, types.Code);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[Icmp.ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(icmp[4..], types.Word);
    }
}
