// A published device has an IPv6 address of its own: nothing is translated here, only looked at.
// In : 1. the address names device and node; 2. a published port, or an error; 3. the node's share; 4. cut or refused where it must be, sealed.
// Out: 1. from the node's own device, from a published port, or an error; 2. its share; 3. to the kernel.
using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.RelayServer.Egress;

public sealed partial class EgressService
{
    private uint _fragmentId;

    private int FromInternetIpv6(Span<byte> content, bool partial, Span<byte> datagrams, long now)
    {
        if (!Ipv6.TryRead(content[Headroom..], out Ipv6 ip))
        {
            return Dropped(EgressDrop.EgressMalformed);
        }

        if (Publishing?.Ipv6?.Find(ip.Destination) is not { Device.Node: { ToNode: { } keys } node } publication)
        {
            return Dropped(EgressDrop.EgressUnknownDevice);
        }

        if (!IsPublished(publication, in ip, isInbound: true))
        {
            return Dropped(EgressDrop.EgressNotPublished);
        }

        if (node.Node.Session is not { } session)
        {
            return Dropped(EgressDrop.EgressWrongSource);
        }

        int length = ip.Bytes.Length;
        if (!node.In.TryTake(length, _share, now))
        {
            return Dropped(EgressDrop.EgressOverQuota);
        }

        int largest = node.LargestDatagram - SealedDatagram.Overhead - EgressHeader.Size;
        if (length > largest && (length > Icmpv6.LongestError || ip.IsFragment))
        {
            TellTooBig(in ip, Math.Max(Icmpv6.LongestError, largest));
            return Dropped(EgressDrop.EgressTooBig);
        }

        PacketsIn++;
        BytesIn += length;
        content = content[..(Headroom + length)];
        return length > largest
            ? SendFragments(session, keys, content[Headroom..], partial, largest, datagrams)
            : Seal(session, keys, content, partial, datagrams);
    }

    private EgressDrop? TryTakeOutIpv6(EgressNode node, Span<byte> packet, bool partial, byte ecn, long now)
    {
        if (!Ipv6.TryRead(packet, out Ipv6 ip) || ip.Bytes.Length != packet.Length || (partial && (ip.IsFragment || ip.TransportAt != Ipv6.HeaderLength)))
        {
            return EgressDrop.EgressMalformed;
        }

        if (Publishing?.Ipv6?.Find(ip.Source) is not { } publication || publication.Device?.Node != node || !IsPublished(publication, in ip, isInbound: false))
        {
            return EgressDrop.EgressNotPublished;
        }

        if (!node.Out.TryTake(packet.Length, _share, now))
        {
            return EgressDrop.EgressOverQuota;
        }

        if (ecn == Congested)
        {
            if (!Ecn.IsCapable(Ecn.Of(packet)))
            {
                return EgressDrop.EgressCongestionMarked; // RFC 6040 §4.2
            }

            Ecn.SetIpv6(packet, Congested);
        }

        PacketsOut++;
        BytesOut += packet.Length;
        _internet.Send(packet, partial ? TransportChecksum.WritePartial(packet) : 0);
        return null;
    }

    // Of a packet in parts the first one tells the port; the node knows which others belong to it.
    private static bool IsPublished(Publication publication, in Ipv6 ip, bool isInbound)
    {
        if (ip.FragmentOffset > 0)
        {
            return ip.Protocol is IpProtocol.Tcp or IpProtocol.Udp;
        }

        return ip.Protocol switch
        {
            IpProtocol.Icmpv6 => ip.Payload.Length >= Icmp.HeaderLength && Icmpv6.IsError(ip.Payload[0]),
            IpProtocol.Tcp or IpProtocol.Udp =>
                ip.Payload.Length >= Udp.HeaderLength && publication.Has(ip.Protocol, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[(isInbound ? 2 : 0)..])),
            _ => false,
        };
    }

    // Every host may send 1,280 bytes, whatever the way to the node carries: the node's end puts them together (as a tunnel would, RFC 8200 §5).
    private int SendFragments(ServerSession session, EgressKeys keys, Span<byte> packet, bool partial, int largest, Span<byte> datagrams)
    {
        if (partial)
        {
            TransportChecksum.Complete(packet);
        }

        if (!Ipv6.TryRead(packet, out Ipv6 ip))
        {
            return Dropped(EgressDrop.EgressMalformed);
        }

        Span<byte> content = stackalloc byte[LargestDatagramContent];
        var parts = new Ipv6Fragments(ip, largest, ++_fragmentId);
        int used = 0;
        while (parts.Next(content[Headroom..]) is > 0 and int length)
        {
            used += Seal(session, keys, content[..(Headroom + length)], false, datagrams[used..]);
        }

        return used;
    }

    // RFC 4443 §3.2.
    private void TellTooBig(in Ipv6 ip, int mtu)
    {
        if (ip.FragmentOffset > 0 || ip.Protocol == IpProtocol.Icmpv6)
        {
            return;
        }

        const int headers = Ipv6.HeaderLength + Icmp.HeaderLength;
        ReadOnlySpan<byte> quoted = ip.Bytes[..Math.Min(ip.Bytes.Length, Icmpv6.LongestError - headers)];
        Span<byte> error = stackalloc byte[Icmpv6.LongestError];
        error = error[..(headers + quoted.Length)];
        Span<byte> icmp = error[Ipv6.HeaderLength..];
        (icmp[0], icmp[1]) = (Icmpv6.PacketTooBig, 0);
        BinaryPrimitives.WriteUInt32BigEndian(icmp[4..], (uint)mtu);
        quoted.CopyTo(icmp[Icmp.HeaderLength..]);
        Icmpv6.WriteChecksum(icmp, Publishing!.Ipv6!.Own, ip.Source);
        Ipv6.Write(error, Publishing.Ipv6.Own, ip.Source, IpProtocol.Icmpv6, icmp.Length);
        _internet.Send(error, 0);
    }
}
