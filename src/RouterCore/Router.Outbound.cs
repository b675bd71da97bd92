using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Wire;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    // What a device may count on whatever the path carries, in bytes of an IP packet: what every IPv6 link carries (RFC 8200 §5), with which QUIC's
    // datagrams of 1,200 bytes reckon (RFC 9000 §14). On a narrower path it goes in parts.
    private const int AlwaysCarried = 1280;

    // Smaller packets are seldom those of a flow that fills the uplink, and losing one costs its flow most: a SYN, a query, a key stroke, a voice.
    private const int LongestSpared = 576;

    /// <summary>A packet from a LAN device, on its way to somewhere else.</summary>
    /// <param name="packet">The packet; its bytes and headroom may be overwritten when the outcome is not Accept.</param>
    /// <param name="loop">The calling loop's state.</param>
    /// <param name="wire">Takes what is sealed.</param>
    public Outcome FromLan(ref LanPacket packet, LoopState loop, IDatagramSink wire)
    {
        if (packet.Bytes is [>= 0x60 and < 0x70, ..])
        {
            return FromLanIpv6(ref packet, loop, wire);
        }

        if (!Ipv4.TryRead(packet.Bytes, out var ip))
        {
            return Dropped(DropReason.MalformedPacket);
        }

        if (_zones.Concerns(in ip))
        {
            return Tell(new DnsQueried(ip.Bytes.ToArray()));
        }

        if (!VirtualPrefix.Contains(ip.Destination))
        {
            return (packet.Hints & (PacketHints.MustRelay | PacketHints.MayRelay | PacketHints.MayAnswer)) == 0 ? Outcome.Accept : ToInternet(ref packet, in ip, loop, wire);
        }

        if (ip.Source == _ownAddress || StandInTable.IsStandIn(ip.Source) != ((packet.Hints & PacketHints.WasIpv6) != 0))
        {
            return Dropped(DropReason.OwnAddress);
        }

        var context = _tables.Outbound(ip.Source, ip.Destination);
        if (context is not { Accepted: true, Session.Active: { } path })
        {
            return _outsideHosts.Contains(ip.Destination) ? ToOutsideHost(ref packet, in ip, loop, wire) : Hold(ref packet, loop);
        }

        // The path is read first: whoever sees one that has just been published sees that the context is closed, too.
        if (!loop.HaveWaited && (context.IsClosed || (loop.HasGiven && context.WasJustOpened(loop.NowMs))))
        {
            return loop.WaitsForPaths ? Outcome.Later : Hold(ref packet, loop);
        }

        if (loop.LastSent != context)
        {
            loop.LastSent = context;
            context.FetchForSending(path);
        }

        if (ip.TimeToLive <= 1)
        {
            Tell(new IcmpNeeded(Quote(in ip), Icmp.TimeExceeded, 0, 0));
            return Dropped(DropReason.TimeToLiveExceeded);
        }

        context.LastUsedSecond = loop.NowSecond;
        if (context.Session.Translation is { } translated && TryTranslate(ref packet, in ip, context, translated, loop, wire, out var outcome))
        {
            return outcome;
        }

        return ip is { Protocol: IpProtocol.Tcp, IsFragment: false }
            ? SendTcp(ref packet, in ip, context, path, loop, wire)
            : SendWhole(ref packet, in ip, context, path, loop, wire);
    }

    // TCP of any length: recut to the path's size. Identification and IP options are not carried.
    private Outcome SendTcp(ref LanPacket packet, in Ipv4 ip, FlowContext context, SendPath path, LoopState loop, IDatagramSink wire)
    {
        if (!Tcp.TryRead(ip.Payload, out var tcp))
        {
            return Dropped(DropReason.MalformedPacket);
        }

        context.Flows.Note(IpProtocol.Tcp, tcp.SourcePort, tcp.DestinationPort, loop.NowSecond);
        var at = packet.Start + ip.HeaderLength;
        var end = packet.Start + ip.TotalLength;
        var (headerLength, length) = (tcp.HeaderLength, end - at);
        var largest = path.MaximumDatagram - SealedDatagram.Overhead - DataHeader.Size;
        var partial = (packet.Hints & PacketHints.PartialChecksum) != 0 || InnerPacket.HasGoodChecksum(in ip);
        if (length > largest && !partial)
        {
            return Dropped(DropReason.BadChecksum);
        }

        var lost = MustLose(ref packet, in ip, loop) ? Dropped(DropReason.StandingQueue) : (Outcome?)null;
        var header = new DataHeader(context.Id, IpProtocol.Tcp, (byte)(ip.TimeToLive - 1), (byte)(ip.Tos & 3), partial);
        context.Session.Counters.CountOut(1, ip.TotalLength);
        if (length > largest)
        {
            var skipped = lost is null ? 0 : largest - headerLength; // the first segment
            return SegmentCutter.TrySend(packet.Buffer, at, headerLength, end, skipped, context, path, in header, wire)
                ? Outcome.Consumed
                : Dropped(DropReason.Backpressure);
        }

        if (lost is { } outcome)
        {
            return outcome;
        }

        var transport = packet.Buffer[at..end];
        MaximumSegmentSize.Clamp(transport, MaximumSegmentSize.On(path), partial);
        return SendData(packet.Buffer, at, end, context, path, in header, wire);
    }

    private Outcome SendWhole(ref LanPacket packet, in Ipv4 ip, FlowContext context, SendPath path, LoopState loop, IDatagramSink wire)
    {
        var full = ip.IsFragment || ip.HeaderLength != Ipv4.MinimumHeaderLength;
        var size = SealedDatagram.Overhead + (full
            ? DataFullHeader.Size + ip.TotalLength
            : DataHeader.Size + ip.TotalLength - Ipv4.MinimumHeaderLength);
        if (size > path.MaximumDatagram)
        {
            if (!path.SizeKnown)
            {
                return Hold(ref packet, loop);
            }

            if (ip.DontFragment && ip.TotalLength > AlwaysCarried && RefuseSize(in ip, context, path, size, loop) is { } refused)
            {
                return refused;
            }
        }

        if (MustLose(ref packet, in ip, loop))
        {
            return Dropped(DropReason.StandingQueue);
        }

        var at = packet.Start + ip.HeaderLength;
        var end = packet.Start + ip.TotalLength;
        var transport = packet.Buffer[at..end];
        if (ip.FragmentOffset == 0)
        {
            if (!InnerPacket.TryReadPorts(transport, ip.Protocol, out var local, out var remote))
            {
                return Dropped(DropReason.MalformedPacket);
            }

            if (InnerPacket.ExpectsAnswer(ip.Protocol, transport))
            {
                context.Flows.Note(ip.Protocol, local, remote, loop.NowSecond);
            }

            if (IcmpErrors.IsError(ip.Protocol, transport) && !IcmpErrors.SetQuotedAddresses(transport, 0, 0, context.OutDelta))
            {
                return Dropped(DropReason.MalformedPacket);
            }
        }

        context.Session.Counters.CountOut(1, ip.TotalLength);
        var partial = InnerPacket.ChecksumOffset(ip.Protocol) >= 0
            && ((packet.Hints & PacketHints.PartialChecksum) != 0 || (!full && InnerPacket.HasGoodChecksum(in ip)));
        var header = new DataHeader(context.Id, ip.Protocol, (byte)(ip.TimeToLive - 1), (byte)(ip.Tos & 3), partial, !ip.DontFragment);
        return full
            ? SendFull(packet.Buffer, packet.Start, end, context, path, in ip, in header, wire)
            : SendData(packet.Buffer, at, end, context, path, in header, wire);
    }

    private Outcome SendData(
        Span<byte> buffer, int at, int end, FlowContext context, SendPath path, in DataHeader header, IDatagramSink wire)
    {
        if (!header.ChecksumPartial)
        {
            InnerPacket.MoveChecksum(buffer[at..end], header.Protocol, context.OutDelta);
        }

        var begin = at - DataHeader.Size;
        header.Write(buffer[begin..]);
        return SendSealed(DatagramType.Data, buffer, begin, end, context, path, header.Ecn, wire);
    }

    private Outcome SendFull(
        Span<byte> buffer, int start, int end, FlowContext context, SendPath path, in Ipv4 ip, in DataHeader header, IDatagramSink wire)
    {
        if (!header.ChecksumPartial && ip.FragmentOffset == 0)
        {
            InnerPacket.MoveChecksum(buffer[(start + ip.HeaderLength)..end], ip.Protocol, context.OutDelta);
        }

        var packet = buffer[start..end];
        packet[Ipv4.TimeToLiveAt]--;
        packet[Ipv4.SourceAt..(Ipv4.DestinationAt + 4)].Clear();
        packet.Slice(Ipv4.ChecksumAt, 2).Clear();
        var begin = start - DataFullHeader.Size;
        new DataFullHeader(context.Id, header.ChecksumPartial).Write(buffer[begin..]);
        return SendSealed(DatagramType.DataFull, buffer, begin, end, context, path, header.Ecn, wire);
    }

    private Outcome SendSealed(
        DatagramType type, Span<byte> buffer, int begin, int end, FlowContext context, SendPath path, byte ecn, IDatagramSink wire)
    {
        var size = end - begin + SealedDatagram.Overhead;
        if (size > path.MaximumDatagram)
        {
            var reason = FragmentCutter.Send(buffer, begin, end, type, context, path, ecn, wire);
            return reason == DropReason.None ? Outcome.Consumed : Dropped(reason);
        }

        var room = wire.BeginRun(new PathTarget(path.Uplink, path.Remote, ecn), size, 1);
        if (room.IsEmpty || !path.Spend(size))
        {
            return Dropped(DropReason.Backpressure);
        }

        var secure = context.Session.Secure;
        secure.Seal((byte)type, (uint)path.PathId.Path, secure.Reserve(1), buffer[begin..end], room);
        wire.EndRun(size);
        return Outcome.Consumed;
    }

    // Whether a packet, of a super-packet the first segment, is to be lost so that its sender slows down. A sender that understands ECN is told by a mark
    // instead (RFC 3168 §5).
    private static bool MustLose(ref LanPacket packet, in Ipv4 ip, LoopState loop)
    {
        if (!loop.SlowsSender || ip.TotalLength <= LongestSpared)
        {
            return false;
        }

        loop.SlowsSender = false;
        if (!Ecn.IsCapable(ip.Tos))
        {
            return true;
        }

        packet.Bytes[Ipv4.TosAt] |= Ecn.CongestionExperienced;
        return false;
    }

    private Outcome Hold(ref LanPacket packet, LoopState loop)
    {
        loop.Give();
        if (!_tell(new PacketHeld(packet.Bytes.ToArray(), packet.Hints) { GivenBy = loop }))
        {
            loop.HasGone();
            Drops.Add(DropReason.ControlBusy);
        }

        return Outcome.Consumed;
    }

    // Null: it goes in parts nevertheless. A device of IPv6 may have fragmented the packet itself, to the size that it was told, and our kernel has put it
    // together before we saw it; so it is told now and then, and nothing is lost.
    private Outcome? RefuseSize(in Ipv4 ip, FlowContext context, SendPath path, int size, LoopState loop)
    {
        if (context.Ipv6 is not null && !context.MayTellSize(loop.NowSecond))
        {
            return null;
        }

        var mtu = Math.Max(AlwaysCarried, ip.TotalLength - (size - path.MaximumDatagram));
        Tell(new IcmpNeeded(Quote(in ip), Icmp.DestinationUnreachable, Icmp.FragmentationNeeded, mtu));
        return context.Ipv6 is null ? Dropped(DropReason.TooBig) : null;
    }

    // RFC 1812 §4.3.2.3: as much of the packet as fits into 576 bytes.
    private static byte[] Quote(in Ipv4 ip) => ip.Bytes[..Math.Min(ip.Bytes.Length, 548)].ToArray();
}
