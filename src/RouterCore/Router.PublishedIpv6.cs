// A published device and an ordinary IPv6 host. In Egress datagrams packets are what they are on the Internet; the device gets and sends those of IPv4
// (RFC 7915), in which a virtual address stands for the host.
// In : 1. whose public address is it, is the port published? 2. what stands for the host; 3. translated; 4. the flow is noted; 5. to the LAN.
// Out: 1. for whom does the address stand, and did it begin? 2. TTL, size, MSS; 3. translated; 4. cut if need be, sealed.
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Wire;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    private const int HeaderDifference = Ipv6.HeaderLength - Ipv4.MinimumHeaderLength;

    private DropReason FromOutsideHost(
        Span<byte> content, bool partial, int at, EgressSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        var length = content.Length - EgressHeader.Size;
        if (!Ipv6.TryRead(content[EgressHeader.Size..], out var ip) || ip.Bytes.Length != length || (partial && (ip.IsFragment || ip.TransportAt != Ipv6.HeaderLength)))
        {
            return DropReason.MalformedContent;
        }

        if (_tables.Public is not { } open || open.DeviceAt(ip.Destination) is not (not 0 and var device))
        {
            return DropReason.NotAsked;
        }

        var reason = FindOutsideHost(in ip, open, device, loop, out var host);
        if (host is null)
        {
            return reason;
        }

        var ecn = (byte)(ip.TrafficClass & Ecn.CongestionExperienced);
        if (!TryMergeEcn(ref ecn, run.Ecn))
        {
            return DropReason.CongestionMarked;
        }

        var delta = HeaderTranslator.Delta(host.Address, ip.Destination, host.StandIn, device);
        var packet = new LanPacket { Buffer = content, Start = EgressHeader.Size, Length = length, Hints = partial ? PacketHints.PartialChecksum : PacketHints.None };
        if (!HeaderTranslator.TryToIpv4(ref packet, in ip, host.StandIn, device, delta) || !Ipv4.TryRead(packet.Bytes, out var translated))
        {
            return DropReason.NotTranslatable;
        }

        if (!IsOfOutsideHost(in translated, open, host, loop))
        {
            return DropReason.NotAsked;
        }

        session.Counters.CountIn(length);
        if (_tables.Egress is { } path)
        {
            ClampSegments(packet.Bytes, path.LargestPacket - Ipv6.HeaderLength, partial);
        }

        ToLan(packet.Bytes, at + packet.Start, ecn, partial, in run, loop, lan);
        return DropReason.None;
    }

    // Nobody gets an address for what would not come in anyhow. An error may come from any router on the way; it is about a host.
    private DropReason FindOutsideHost(in Ipv6 ip, PublicPorts open, uint device, LoopState loop, out OutsideHost? host)
    {
        host = null;
        if (ip.FragmentOffset > 0)
        {
            host = _outsideHosts.Find(ip.Source);
        }
        else if (ip.Protocol == IpProtocol.Icmpv6)
        {
            host = ip.Payload.Length > Icmp.HeaderLength && Icmpv6.IsError(ip.Payload[0])
                && Ipv6.TryReadQuoted(ip.Payload[Icmp.HeaderLength..], out var quoted) && quoted.Source == ip.Destination
                ? _outsideHosts.Find(quoted.Destination)
                : null;
        }
        else if (ip.Source >> 125 == 1 && InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out _, out var port) && open.Permits(device, ip.Protocol, port))
        {
            host = _outsideHosts.Get(ip.Source, loop.NowSecond); // 2000::/3: no other has hosts
            return DropReason.OutsideHostsFull;
        }

        return DropReason.NotAsked;
    }

    private bool IsOfOutsideHost(in Ipv4 ip, PublicPorts open, OutsideHost host, LoopState loop)
    {
        if (ip.FragmentOffset > 0)
        {
            return _internetFlows.Knows(Pair(in ip), loop.NowSecond);
        }

        if (IcmpErrors.IsError(ip.Protocol, ip.Payload))
        {
            return TryReadQuotedFlow(in ip, out var quoted) && open.Permits(quoted.Device, quoted.Protocol, quoted.DevicePort)
                && _outsideFlows.Knows(quoted with { Host = host.Number }, loop.NowSecond);
        }

        if (!InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var hostPort, out var devicePort))
        {
            return false;
        }

        _outsideFlows.Note(new EgressFlow(ip.Destination, host.Number, ip.Protocol, devicePort, hostPort), loop.NowSecond);
        if (ip.MoreFragments)
        {
            _internetFlows.Note(Pair(in ip), loop.NowSecond);
        }

        return true;
    }

    private Outcome ToOutsideHost(ref LanPacket packet, in Ipv4 ip, LoopState loop, IDatagramSink wire)
    {
        if (_outsideHosts.Find(ip.Destination) is not { } host)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.DestinationUnreachable, IcmpMessages.HostUnreachable, 0));
            return Dropped(DropReason.UnknownVirtualAddress);
        }

        if (!TryReadOutsideFlow(in ip, host, out var flow))
        {
            return Dropped(DropReason.MalformedPacket);
        }

        if (_tables.Public is not { } open || !open.Permits(ip.Source, flow.Protocol, flow.DevicePort) || open.Ipv6Of(ip.Source) is var own && own == 0
            || !_outsideFlows.Knows(in flow, loop.NowSecond))
        {
            return Dropped(DropReason.NotPublished);
        }

        if (_tables.Egress is not { } path)
        {
            return Dropped(DropReason.NoEgress);
        }

        if (ip.TimeToLive <= 1)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.TimeExceeded, 0, 0));
            return Dropped(DropReason.TimeToLiveExceeded);
        }

        _outsideFlows.Note(in flow, loop.NowSecond);
        host.UsedSecond = loop.NowSecond;
        return ip.Protocol == IpProtocol.Icmp ? SendError(in ip, own, host, path, wire) : SendTranslated(ref packet, in ip, own, host, path, loop, wire);
    }

    // The flow of a packet of a device, or of what an error of the device quotes. Fragments have been put together by the kernel.
    private static bool TryReadOutsideFlow(in Ipv4 ip, OutsideHost host, out EgressFlow flow)
    {
        flow = default;
        var protocol = ip.Protocol;
        ushort devicePort, hostPort;
        var good = IcmpErrors.IsError(ip.Protocol, ip.Payload)
            ? IcmpErrors.TryReadQuotedFlow(ip.Payload, out protocol, out hostPort, out devicePort)
            : InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out devicePort, out hostPort);
        flow = new EgressFlow(ip.Source, host.Number, protocol, devicePort, hostPort);
        return good && !ip.IsFragment;
    }

    private Outcome SendTranslated(
        ref LanPacket packet, in Ipv4 ip, UInt128 own, OutsideHost host, EgressPath path, LoopState loop, IDatagramSink wire)
    {
        var (at, end) = (packet.Start + ip.HeaderLength, packet.Start + ip.TotalLength);
        var (begin, length) = (at - Ipv6.HeaderLength, end - at + Ipv6.HeaderLength);
        if (length > path.LargestPacket && ip.DontFragment)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, path.LargestPacket - HeaderDifference));
            return Dropped(DropReason.TooBig);
        }

        var transport = packet.Buffer[at..end];
        var isPartial = (packet.Hints & PacketHints.PartialChecksum) != 0;
        MaximumSegmentSize.Clamp(ip.Protocol == IpProtocol.Tcp ? transport : [], path.LargestPacket - Ipv6.HeaderLength - Tcp.MinimumHeaderLength, isPartial);

        // UDP over IPv6 has a checksum always (RFC 7915 §4.5).
        var partial = isPartial || (ip.Protocol == IpProtocol.Udp && Udp.TryRead(transport, out var udp) && udp.Checksum == 0);
        if (!partial)
        {
            InnerPacket.MoveChecksum(transport, ip.Protocol, ToIpv6Delta(own, host, ip.Source));
        }

        // What may be fragmented fits every link then (RFC 7915 §4).
        var mayFragment = !ip.DontFragment;
        Ipv6.Write(packet.Buffer[begin..], own, host.Address, ip.Protocol, end - at, (byte)(ip.TimeToLive - 1), ip.Tos);
        path.Session.Counters.CountOut(1, length);
        return mayFragment && length > Math.Min(AlwaysCarried, path.LargestPacket)
            ? SendFragments(packet.Buffer[begin..end], path, partial, loop, wire)
            : SendEgress(packet.Buffer[(begin - EgressHeader.Size)..end], path, partial, wire);
    }

    private Outcome SendFragments(Span<byte> packet, EgressPath path, bool partial, LoopState loop, IDatagramSink wire)
    {
        if (partial)
        {
            TransportChecksum.Complete(packet);
        }

        Ipv6.TryRead(packet, out var ip);
        Span<byte> content = stackalloc byte[EgressHeader.Size + AlwaysCarried];
        var parts = new Ipv6Fragments(ip, Math.Min(AlwaysCarried, path.LargestPacket), loop.NextFragmentId());
        while (parts.Next(content[EgressHeader.Size..]) is > 0 and var length)
        {
            var outcome = SendEgress(content[..(EgressHeader.Size + length)], path, false, wire);
            if (outcome.Fate == Fate.Drop)
            {
                return outcome;
            }
        }

        return Outcome.Consumed;
    }

    private Outcome SendError(in Ipv4 ip, UInt128 own, OutsideHost host, EgressPath path, IDatagramSink wire)
    {
        Span<byte> content = stackalloc byte[EgressHeader.Size + Ipv6.HeaderLength + Icmpv6.LongestError];
        var packet = content[EgressHeader.Size..];
        var message = packet[Ipv6.HeaderLength..];
        var length = HeaderTranslator.ErrorToIpv6(ip.Payload, new Ipv6Pair(host.Address, own), ToIpv6Delta(own, host, ip.Source), message);
        if (length == 0 || Ipv6.HeaderLength + length > path.LargestPacket)
        {
            return Dropped(DropReason.NotTranslatable);
        }

        Icmpv6.WriteChecksum(message[..length], own, host.Address);
        Ipv6.Write(packet, own, host.Address, IpProtocol.Icmpv6, length, (byte)(ip.TimeToLive - 1), ip.Tos);
        path.Session.Counters.CountOut(1, Ipv6.HeaderLength + length);
        return SendEgress(content[..(EgressHeader.Size + Ipv6.HeaderLength + length)], path, false, wire);
    }

    // What the change of addresses from those of the LAN to those of the Internet adds to the sum of a transport checksum.
    private static ushort ToIpv6Delta(UInt128 own, OutsideHost host, uint device) =>
        Checksum.Fold((uint)(ushort)~HeaderTranslator.Delta(own, host.Address, device, host.StandIn));
}
