// Out, in a session whose path is proved for it: 1. can the packet be carried? 2. has its flow a lane, or does it deserve one? 3. checksum right; 4. written
// with the lane's addresses and ports, protected. Whatever says no leaves the packet to the tunnel.
// In: 1. port → lane; 2. from the lane's remote end? 3. opened; 4. a probe goes to the node; 5. admitted, ports and addresses of the LAN, as from a tunnel.
using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Security.Pccom;
using NTMobile.Wire;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    /// <summary>A packet that came in at one of the ports for translated packets.</summary>
    /// <param name="run">The memory in which the packets of one batch lie, and the uplink's interface; opened in place.</param>
    /// <param name="at">Where in it the packet begins.</param>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="partial">Whether its transport checksum is partial.</param>
    /// <param name="loop">The calling loop's state.</param>
    /// <param name="lan">Takes packets for LAN devices; frames stay open until <see cref="EndTranslated"/>.</param>
    /// <returns>False: the port belongs to no lane, and the packet goes its ordinary way.</returns>
    public bool FromTranslated(in ReceivedRun run, int at, int length, bool partial, LoopState loop, ILanSink lan)
    {
        var packet = run.Buffer.Slice(at, length);
        if (!Ipv4.TryRead(packet, out var ip) || ip.IsFragment || ip.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp)
            || !InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var source, out var destination)
            || _tables.Lane(ip.Protocol, destination) is not { } lane || lane.Path.Local != ip.Destination)
        {
            return false;
        }

        var reason = OpenTranslated(lane, packet[..ip.TotalLength], in ip, Endpoint.FromIpv4(ip.Source, source), at, in run, partial, loop, lan);
        if (reason != DropReason.None)
        {
            Drops.Add(reason);
        }

        return true;
    }

    /// <summary>Ends a batch: what <see cref="FromTranslated"/> left open goes to the LAN.</summary>
    /// <param name="loop">The calling loop's state.</param>
    /// <param name="lan">The same as before.</param>
    public static void EndTranslated(LoopState loop, ILanSink lan) => loop.Joiner.Flush(lan);

    private bool TryTranslate(ref LanPacket packet, in Ipv4 ip, FlowContext context, TranslatedPath path, LoopState loop, IDatagramSink wire, out Outcome outcome)
    {
        outcome = Outcome.Consumed;
        if (context.Ipv6 is not null || !TranslatedSender.CanCarry(in ip, path.MaximumPacket, out var headerLength)
            || !InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var local, out var remote))
        {
            return false;
        }

        if (context.Lane(ip.Protocol, local, remote) is not { CanSend: true } lane)
        {
            if (loop.Wishes.Note(context, Sessions.Lane.FlowKey(ip.Protocol, local, remote), loop.NowSecond))
            {
                _tell(new LaneWanted(context, ip.Protocol, local, remote));
            }

            return false;
        }

        if ((packet.Hints & PacketHints.PartialChecksum) == 0 && !InnerPacket.HasGoodChecksum(in ip))
        {
            return false; // it travels as it is by tunnel, and the device sees that it is wrong
        }

        context.Flows.Note(ip.Protocol, local, remote, loop.NowSecond);
        context.Session.Counters.CountTranslatedOut(ip.TotalLength);
        var skipsFirst = MustLose(ref packet, in ip, loop);
        if (skipsFirst)
        {
            outcome = Dropped(DropReason.StandingQueue);
        }

        if (!TranslatedSender.TrySend(in ip, headerLength, lane, skipsFirst, wire))
        {
            outcome = Dropped(DropReason.Backpressure);
        }

        return true;
    }

    private DropReason OpenTranslated(
        Lane lane, Span<byte> packet, in Ipv4 ip, Endpoint from, int at, in ReceivedRun run, bool partial, LoopState loop, ILanSink lan)
    {
        var isKnown = lane.Remote == from;
        if (!isKnown && lane.IsFixed)
        {
            return DropReason.TranslatedElsewhere;
        }

        if (partial)
        {
            TransportChecksum.Complete(packet); // a sender on this very machine left it to its hardware
        }

        var transport = packet[ip.HeaderLength..];
        var reason = OpenTransport(lane, packet, transport, in ip);
        if (reason != DropReason.None)
        {
            if (isKnown && reason == DropReason.TranslationForged)
            {
                lane.Path.CountForged();
            }

            return reason;
        }

        var payload = transport[(ip.Protocol == IpProtocol.Tcp ? (transport[Tcp.HeaderWordsAt] >> 4) * 4 : Udp.HeaderLength)..];
        if (lane.MayBeProbe(payload))
        {
            return _tell(new ProbeReceived(lane, from, payload.ToArray())) ? DropReason.None : DropReason.ControlBusy;
        }

        return isKnown ? DeliverTranslated(lane, transport, in ip, at + ip.HeaderLength, in run, loop, lan) : DropReason.TranslatedElsewhere;
    }

    private static DropReason OpenTransport(Lane lane, ReadOnlySpan<byte> packet, Span<byte> transport, in Ipv4 ip)
    {
        if (lane.Pccom is not { } pccom)
        {
            // What no sender of ours makes is not looked into further.
            return PccomPacket.TryRead(packet, out _, out _) && TransportChecksum.IsRight(packet) && TranslatedSender.CanCarry(in ip, ip.TotalLength, out _)
                ? DropReason.None
                : DropReason.TranslationForged;
        }

        var pseudo = Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, transport.Length);
        return pccom.Receiving.TryOpen(transport, ip.Protocol, pseudo, lane.Terms.Flow, out var refusal) ? DropReason.None
            : refusal == PccomRefusal.Forged ? DropReason.TranslationForged
            : DropReason.MalformedContent;
    }

    private DropReason DeliverTranslated(Lane lane, Span<byte> transport, in Ipv4 ip, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (lane.Context is not { Accepted: true } context)
        {
            return DropReason.UnknownContext;
        }

        if (context.Local.Address == _ownAddress)
        {
            return DropReason.OwnAddress;
        }

        lane.CountIn();
        BinaryPrimitives.WriteUInt16BigEndian(transport, lane.Terms.PeerPort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], lane.Terms.DevicePort);
        var reason = Admit(context, ip.Protocol, transport, loop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        context.LastUsedSecond = loop.NowSecond;
        context.Session.Counters.CountTranslatedIn(ip.TotalLength);
        var header = new DataHeader(context.Id, ip.Protocol, ip.TimeToLive, (byte)(ip.Tos & 3), ChecksumPartial: true, !ip.DontFragment);
        return Deliver(context, in header, transport, at, in run, loop, lan);
    }
}
