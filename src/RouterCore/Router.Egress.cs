// To an ordinary host through a relay server:
// 1. may or must it? 2. the flow is noted; 3. a name query for this router goes to the server's resolver; 4. TTL, MSS; 5. cut if need be, sealed.
// Back: 1. opened; 2. answers a flow that was noted? 3. the resolver's answer becomes this router's; 4. to the LAN.
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Wire;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    private const ushort DnsPort = 53;

    private Outcome ToInternet(ref LanPacket packet, in Ipv4 ip, LoopState loop, IDatagramSink wire)
    {
        var at = ip.HeaderLength;
        if (ip.IsFragment || !InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var devicePort, out var hostPort))
        {
            return Dropped(DropReason.MalformedPacket); // the kernel's connection tracking has put fragments together
        }

        var path = _tables.Egress;
        var flow = new EgressFlow(ip.Source, ip.Destination, ip.Protocol, devicePort, hostPort);
        var isAnswer = IsOfPublished(in ip, in flow, loop, out var isOver);
        if (isOver)
        {
            return Dropped(DropReason.NotPublished);
        }

        if (!isAnswer && !MayRelay(packet.Hints, path, in flow, loop))
        {
            return Outcome.Accept;
        }

        var isForRouter = ip.Destination == _ownAddress;
        if (path is null || (isForRouter && (path.Resolver == 0 || hostPort != DnsPort)))
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.DestinationUnreachable, IcmpMessages.HostUnreachable, 0));
            return Dropped(DropReason.NoEgress);
        }

        if (ip.TimeToLive <= 1)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.TimeExceeded, 0, 0));
            return Dropped(DropReason.TimeToLiveExceeded);
        }

        if (ip.TotalLength > path.LargestPacket && ip.DontFragment)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, path.LargestPacket));
            return Dropped(DropReason.TooBig);
        }

        if (!isAnswer && InnerPacket.ExpectsAnswer(ip.Protocol, ip.Payload))
        {
            Note(in flow, isForRouter ? path.Resolver : 0, loop);
        }

        var partial = (packet.Hints & PacketHints.PartialChecksum) != 0 && InnerPacket.ChecksumOffset(ip.Protocol) >= 0;
        var bytes = packet.Buffer.Slice(packet.Start, ip.TotalLength);
        bytes[Ipv4.TimeToLiveAt]--;
        Ipv4.WriteChecksum(bytes[..at]);
        if (isForRouter)
        {
            Ipv4Translation.TryChange(bytes, Ipv4.DestinationAt, path.Resolver, partial);
        }

        ClampSegments(bytes, path.LargestPacket - Ipv4.MinimumHeaderLength, partial);
        path.Session.Counters.CountOut(1, bytes.Length);
        return bytes.Length > path.LargestPacket
            ? SendParts(bytes, path, partial, wire)
            : SendEgress(packet.Buffer[(packet.Start - EgressHeader.Size)..(packet.Start + bytes.Length)], path, partial, wire);
    }

    private bool MayRelay(PacketHints hints, EgressPath? path, in EgressFlow flow, LoopState loop) =>
        (hints & PacketHints.MustRelay) != 0
        || ((hints & PacketHints.MayRelay) != 0 && path is not null && (_tables.RelaysByItself || _internetFlows.Knows(in flow, loop.NowSecond)));

    private void Note(in EgressFlow flow, uint resolver, LoopState loop)
    {
        _internetFlows.Note(in flow, loop.NowSecond);
        if (resolver != 0)
        {
            _internetFlows.Note(flow with { Host = resolver }, loop.NowSecond);
        }
    }

    // Of an IPv4 packet, to what the way carries of TCP header and payload.
    private static void ClampSegments(Span<byte> packet, int largest, bool partial)
    {
        var headerLength = (packet[0] & 0x0F) * 4;
        if (packet[Ipv4.ProtocolAt] == IpProtocol.Tcp)
        {
            MaximumSegmentSize.Clamp(packet[headerLength..], largest - Tcp.MinimumHeaderLength, partial);
        }
    }

    private Outcome SendParts(Span<byte> packet, EgressPath path, bool partial, IDatagramSink wire)
    {
        if (partial)
        {
            TransportChecksum.Complete(packet);
        }

        Span<byte> content = stackalloc byte[EgressHeader.Size + path.LargestPacket];
        var parts = new Ipv4Fragments(packet, path.LargestPacket);
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

    private Outcome SendEgress(Span<byte> content, EgressPath path, bool partial, IDatagramSink wire)
    {
        var size = content.Length + SealedDatagram.Overhead;
        var secure = path.Session.Secure;
        var room = wire.BeginRun(new PathTarget(path.Uplink, path.Remote, Ecn.Of(content[EgressHeader.Size..])), size, 1);
        if (room.IsEmpty || !secure.TryReserve(1, out var counter))
        {
            return Dropped(DropReason.Backpressure);
        }

        new EgressHeader(partial).Write(content);
        secure.Seal((byte)DatagramType.Egress, (uint)path.PathId.Path, counter, content, room);
        wire.EndRun(size);
        return Outcome.Consumed;
    }

    private DropReason FromInternet(
        DatagramType type, Span<byte> datagram, int at, EgressSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (type != DatagramType.Egress)
        {
            return DropReason.UnknownType;
        }

        if (!session.Secure.TryOpen(datagram, out var opened, out var failure))
        {
            return Reason(failure);
        }

        var content = datagram.Slice(opened.Offset, opened.Length);
        if (!EgressHeader.TryRead(content, out var header))
        {
            return DropReason.MalformedContent;
        }

        if (content[EgressHeader.Size] >> 4 == 6)
        {
            return FromOutsideHost(content, header.ChecksumPartial, at + opened.Offset, session, in run, loop, lan);
        }

        if (!Ipv4.TryRead(content[EgressHeader.Size..], out var ip) || ip.TotalLength != content.Length - EgressHeader.Size || (header.ChecksumPartial && ip.IsFragment))
        {
            return DropReason.MalformedContent;
        }

        var forRouter = false;
        if (ip.Destination == _ownAddress || !IsOrdinaryHost(ip.Source) || !(IsAsked(in ip, loop, out forRouter) || IsForPublished(in ip, loop)))
        {
            return DropReason.NotAsked;
        }

        var packet = content[EgressHeader.Size..];
        var ecn = (byte)(ip.Tos & 3);
        if (!TryMergeEcn(ref ecn, run.Ecn))
        {
            return DropReason.CongestionMarked;
        }

        session.Counters.CountIn(packet.Length);
        if (forRouter)
        {
            Ipv4Translation.TryChange(packet, Ipv4.SourceAt, _ownAddress, header.ChecksumPartial);
        }

        if (_tables.Egress is { } path)
        {
            ClampSegments(packet, path.LargestPacket - Ipv4.MinimumHeaderLength, header.ChecksumPartial);
        }

        ToLan(packet, at + opened.Offset + EgressHeader.Size, ecn, header.ChecksumPartial, in run, loop, lan);
        return DropReason.None;
    }

    private static void ToLan(Span<byte> packet, int at, byte ecn, bool partial, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        var headerLength = (packet[0] & 0x0F) * 4;
        packet[Ipv4.TosAt] = (byte)((packet[Ipv4.TosAt] & ~3) | ecn);
        Ipv4.WriteChecksum(packet[..headerLength]);
        var checksumAt = partial ? TransportChecksum.WritePartial(packet) : 0;
        loop.Joiner.Flush(lan);
        lan.BeginFrame(DirectFrame, in run);
        packet[..headerLength].CopyTo(lan.Header(DirectFrame));
        lan.Append(DirectFrame, at + headerLength, packet.Length - headerLength);
        var offload = checksumAt == 0 ? default : new Offload(headerLength, checksumAt, 0, 0);
        lan.EndFrame(DirectFrame, headerLength, in offload);
    }

    // Whether a packet answers one that went out; of a packet in parts the first one is judged, and the others pass if any flow of the two is known.
    private bool IsAsked(in Ipv4 ip, LoopState loop, out bool forRouter)
    {
        forRouter = false;
        if (ip.FragmentOffset > 0)
        {
            return _internetFlows.Knows(Pair(in ip), loop.NowSecond);
        }

        if (!InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var hostPort, out var devicePort))
        {
            return false;
        }

        if (IcmpErrors.IsError(ip.Protocol, ip.Payload))
        {
            return TryReadQuotedFlow(in ip, out var quoted) && _internetFlows.Knows(in quoted, loop.NowSecond);
        }

        var flow = new EgressFlow(ip.Destination, ip.Source, ip.Protocol, devicePort, hostPort);
        if (!InnerPacket.MayAnswer(ip.Protocol, ip.Payload) || !_internetFlows.Knows(in flow, loop.NowSecond))
        {
            return false;
        }

        if (ip.MoreFragments)
        {
            _internetFlows.Note(Pair(in ip), loop.NowSecond);
        }

        forRouter = hostPort == DnsPort && _internetFlows.Knows(flow with { Host = _ownAddress }, loop.NowSecond);
        return true;
    }

    // An IP protocol that nobody has (RFC 3692): an identification is no port.
    private static EgressFlow Pair(in Ipv4 ip) => new(ip.Destination, ip.Source, 253, ip.Identification, ip.Protocol);
}
