using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Stun;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    // What is not joined goes as a frame of its own, after those that are open.
    private const int DirectFrame = 0;

    /// <summary>Datagrams from an uplink.</summary>
    /// <param name="run">Datagrams of one sender; opened in place.</param>
    /// <param name="loop">The receive thread's state.</param>
    /// <param name="lan">Takes packets for LAN devices.</param>
    public void FromWire(in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        for (var at = 0; at < run.Buffer.Length; at += run.DatagramSize)
        {
            var datagram = run.Buffer[at..Math.Min(at + run.DatagramSize, run.Buffer.Length)];
            var reason = Open(datagram, at, in run, loop, lan);
            if (reason != DropReason.None)
            {
                Drops.Add(reason);
            }
        }

        loop.Joiner.Flush(lan);
    }

    /// <summary>A packet that came inside of a handshake, by the thread that steps the node.</summary>
    internal DropReason FromHandshake(PeerSession session, byte[] content, LoopState loop, ILanSink lan)
    {
        var run = new ReceivedRun(content, content.Length, default, 0, 0);
        var reason = FromPeerData(content, 0, session, in run, loop, lan);
        loop.Joiner.Flush(lan);
        return reason;
    }

    private DropReason Open(Span<byte> datagram, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (SealedDatagram.TryRead(datagram, out var header))
        {
            var path = Path(header.PathId, loop);
            return path switch
            {
                null => DropReason.UnknownPath,
                { Session: { } session } when MustFollow(session, loop) => PassBehind(datagram, in run, path, loop),
                { Session: { } session } => FromPeer(header.Type, datagram, at, session, in run, loop, lan),
                EgressSession egress => FromInternet(header.Type, datagram, at, egress, in run, loop, lan),
                { Owner: not ServerConnection } => PassBehind(datagram, in run, path, loop),
                _ => Pass(datagram, in run, path),
            };
        }

        if (StunMessage.MayBe(datagram))
        {
            return StunMessage.TryRead(datagram, out _) ? Pass(datagram, in run, null) : DropReason.UnknownStun;
        }

        if (!DatagramHeader.TryRead(datagram, out var handshake))
        {
            return datagram.Length < DatagramHeader.Size ? DropReason.Truncated : DropReason.UnknownType;
        }

        return handshake.Type switch
        {
            DatagramType.HandshakeInit or DatagramType.HandshakeResponse => Pass(datagram, in run, Path(handshake.PathId, loop)),
            DatagramType.Punch => _tables.ExpectsPunches ? Pass(datagram, in run, null) : DropReason.None,
            _ => DropReason.Truncated,
        };
    }

    private ReceivePath? Path(PathId id, LoopState loop)
    {
        var version = _tables.PathVersion;
        if (loop.CachedPath != id.Path || loop.CachedVersion != version)
        {
            loop.CachedTarget = _tables.Path(id);
            loop.CachedPath = id.Path;
            loop.CachedVersion = version;
        }

        return loop.CachedTarget;
    }

    // Of a session that is new there may be datagrams at the node, which came before it knew the session: what came behind them takes the same way round.
    private static bool MustFollow(PeerSession session, LoopState loop)
    {
        if (session.IsSettled || loop.HaveWaited)
        {
            return false;
        }

        session.IsSettled = !loop.HasGiven;
        return !session.IsSettled;
    }

    // As Pass, for what may come back.
    private DropReason PassBehind(ReadOnlySpan<byte> datagram, in ReceivedRun run, ReceivePath? path, LoopState loop)
    {
        loop.Give();
        if (_tell(new DatagramReceived(run.Uplink, run.From, datagram.ToArray(), path) { GivenBy = loop }))
        {
            return DropReason.None;
        }

        loop.HasGone();
        return DropReason.ControlBusy;
    }

    private DropReason Pass(ReadOnlySpan<byte> datagram, in ReceivedRun run, ReceivePath? path) =>
        _tell(new DatagramReceived(run.Uplink, run.From, datagram.ToArray(), path)) ? DropReason.None : DropReason.ControlBusy;

    private DropReason FromPeer(
        DatagramType type, Span<byte> datagram, int at, PeerSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (loop.LastReceived != session)
        {
            loop.LastReceived = session;
            session.FetchForReceiving();
        }

        if (!session.Secure.TryOpen(datagram, out var opened, out var failure))
        {
            return Reason(failure);
        }

        session.Counters.CountDatagramIn(opened.Counter, loop.NowMs);
        NoteSource(session, datagram.Length, in run, loop);
        var content = datagram.Slice(opened.Offset, opened.Length);
        return type switch
        {
            DatagramType.Data => FromPeerData(content, at + opened.Offset, session, in run, loop, lan),
            DatagramType.DataFull => FromPeerFull(content, at + opened.Offset, session, in run, loop, lan),
            DatagramType.Fragment => FromPeerFragment(content, opened.Counter, session, in run, loop, lan),
            _ => _tell(new FramesReceived(session, run.Uplink, run.From, datagram.Length, content.ToArray()))
                ? DropReason.None
                : DropReason.ControlBusy,
        };
    }

    private static DropReason Reason(OpenFailure failure) => failure switch
    {
        OpenFailure.Truncated => DropReason.Truncated,
        OpenFailure.UnknownEpoch => DropReason.UnknownEpoch,
        OpenFailure.Replayed => DropReason.Replayed,
        _ => DropReason.Forged,
    };

    // The address that counts is the observed source of an authenticated packet, never a field.
    private void NoteSource(PeerSession session, int bytes, in ReceivedRun run, LoopState loop)
    {
        if (session.Active is { Source: { } used } active && active.Remote == run.From && active.Uplink == run.Uplink)
        {
            used.LastHeardMs = loop.NowMs;
            active.Earn(bytes);
            return;
        }

        foreach (var source in session.Sources)
        {
            if (source.Uplink == run.Uplink && source.Remote == run.From)
            {
                source.LastHeardMs = loop.NowMs;
                return;
            }
        }

        _tell(new SourceObserved(session, run.Uplink, run.From));
    }

    private DropReason FromPeerData(Span<byte> content, int at, PeerSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (!DataHeader.TryRead(content, out var header))
        {
            return DropReason.MalformedContent;
        }

        if (session.Context(header.Context) is not { Accepted: true } context)
        {
            return DropReason.UnknownContext;
        }

        if (context.Local.Address == _ownAddress)
        {
            return DropReason.OwnAddress;
        }

        var ecn = header.Ecn;
        if (!TryMergeEcn(ref ecn, run.Ecn))
        {
            return DropReason.CongestionMarked;
        }

        header = header with { Ecn = ecn };

        var transport = content[DataHeader.Size..];
        var reason = Admit(context, header.Protocol, transport, loop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        context.LastUsedSecond = loop.NowSecond;
        session.Counters.CountIn(Ipv4.MinimumHeaderLength + transport.Length);
        return Deliver(context, in header, transport, at + DataHeader.Size, in run, loop, lan);
    }

    private static DropReason Deliver(
        FlowContext context, in DataHeader header, Span<byte> transport, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (header.Protocol == IpProtocol.Tcp && Tcp.TryRead(transport, out var tcp))
        {
            if ((tcp.Flags & TcpFlags.Syn) != 0 && context.Session.Active is { } path)
            {
                MaximumSegmentSize.Clamp(transport, MaximumSegmentSize.On(path), header.ChecksumPartial);
            }

            if (header.ChecksumPartial)
            {
                loop.Joiner.Add(context, in header, in run, at, in tcp, lan);
                return DropReason.None;
            }
        }
        else if (header is { Protocol: IpProtocol.Udp, ChecksumPartial: true } && lan.TakesDatagramRuns
            && Udp.TryRead(transport, out var udp) && udp.Length == transport.Length
            && (context.Ipv6 is null || !header.MayFragment || FitsIpv6(transport.Length)))
        {
            loop.Joiner.Add(context, in header, in run, at, in udp, lan);
            return DropReason.None;
        }

        if (context.Ipv6 is { } pair)
        {
            return DeliverIpv6(context, pair, in header, transport, at, in run, loop, lan);
        }

        loop.Joiner.Flush(lan);
        lan.BeginFrame(DirectFrame, in run);
        Ipv4.Write(
            lan.Header(DirectFrame), context.Virtual, context.Local.Address, header.Protocol, transport.Length, header.TimeToLive, header.Ecn,
            header.MayFragment ? loop.Joiner.TakeIdentifications(1) : (ushort)0, !header.MayFragment);
        var offload = Complete(context, header.Protocol, header.ChecksumPartial, Ipv4.MinimumHeaderLength, transport);
        lan.Append(DirectFrame, at, transport.Length);
        lan.EndFrame(DirectFrame, Ipv4.MinimumHeaderLength, in offload);
        return DropReason.None;
    }

    private DropReason FromPeerFull(Span<byte> content, int at, PeerSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (!DataFullHeader.TryRead(content, out var header)
            || !Ipv4.TryRead(content[DataFullHeader.Size..], out var ip) || ip.TotalLength != content.Length - DataFullHeader.Size)
        {
            return DropReason.MalformedContent;
        }

        if (session.Context(header.Context) is not { Accepted: true } context)
        {
            return DropReason.UnknownContext;
        }

        if (context.Local.Address == _ownAddress)
        {
            return DropReason.OwnAddress;
        }

        if (header.ChecksumPartial && ip.IsFragment)
        {
            return DropReason.MalformedContent; // nobody could complete it
        }

        var ecn = (byte)(ip.Tos & 3);
        if (!TryMergeEcn(ref ecn, run.Ecn))
        {
            return DropReason.CongestionMarked;
        }

        var headerLength = ip.HeaderLength;
        var transport = content[(DataFullHeader.Size + headerLength)..];
        var reason = ip.FragmentOffset > 0 ? DropReason.None : Admit(context, ip.Protocol, transport, loop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        context.LastUsedSecond = loop.NowSecond;
        session.Counters.CountIn(ip.TotalLength);
        if (context.Ipv6 is { } pair)
        {
            var inner = new DataHeader(context.Id, ip.Protocol, ip.TimeToLive, ecn, header.ChecksumPartial, !ip.DontFragment);
            return DeliverFullIpv6(
                context, pair, in ip, in inner, transport, at + DataFullHeader.Size + headerLength, in run, loop, lan);
        }

        loop.Joiner.Flush(lan);
        lan.BeginFrame(DirectFrame, in run);
        var rebuilt = lan.Header(DirectFrame)[..headerLength];
        ip.Bytes[..headerLength].CopyTo(rebuilt);
        rebuilt[Ipv4.TosAt] = (byte)((ip.Tos & ~3) | ecn);
        BinaryPrimitives.WriteUInt32BigEndian(rebuilt[Ipv4.SourceAt..], context.Virtual);
        BinaryPrimitives.WriteUInt32BigEndian(rebuilt[Ipv4.DestinationAt..], context.Local.Address);
        Ipv4.WriteChecksum(rebuilt);
        var offload = ip.FragmentOffset > 0 ? default : Complete(context, ip.Protocol, header.ChecksumPartial, headerLength, transport);
        lan.Append(DirectFrame, at + DataFullHeader.Size + headerLength, transport.Length);
        lan.EndFrame(DirectFrame, headerLength, in offload);
        return DropReason.None;
    }

    private DropReason FromPeerFragment(
        ReadOnlySpan<byte> content, ulong counter, PeerSession session, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (!FragmentHeader.TryRead(content, out var header))
        {
            return DropReason.MalformedContent;
        }

        var reason = loop.Reassembler.Add(session, counter, in header, content[FragmentHeader.Size..], run.Ecn, out var whole);
        if (whole.Content.IsEmpty)
        {
            return reason;
        }

        loop.Joiner.Flush(lan); // open frames lie in one run
        var packet = new ReceivedRun(whole.Content, whole.Content.Length, run.From, run.Uplink, whole.Ecn);
        reason = header.Whole == DatagramType.Data
            ? FromPeerData(whole.Content, 0, session, in packet, loop, lan)
            : FromPeerFull(whole.Content, 0, session, in packet, loop, lan);
        loop.Joiner.Flush(lan);
        return reason;
    }

    // Whether the peer may send this to the device; an ICMP error is admitted for a flow of the device's own, and gets its addresses.
    private static DropReason Admit(FlowContext context, byte protocol, Span<byte> transport, LoopState loop)
    {
        if (!InnerPacket.TryReadPorts(transport, protocol, out var remote, out var local))
        {
            return DropReason.MalformedContent;
        }

        if (!IcmpErrors.IsError(protocol, transport))
        {
            var isAdmitted = InnerPacket.MayAnswer(protocol, transport)
                ? context.Admits(protocol, local, remote, loop.NowSecond)
                : context.Shared.Permits(protocol, local);
            return isAdmitted ? DropReason.None : DropReason.NotShared;
        }

        if (!IcmpErrors.TryReadQuotedFlow(transport, out var quoted, out local, out remote))
        {
            return DropReason.MalformedContent;
        }

        if (!context.Admits(quoted, local, remote, loop.NowSecond))
        {
            return DropReason.NotShared;
        }

        return IcmpErrors.SetQuotedAddresses(transport, context.Local.Address, context.Virtual, context.InDelta)
            ? DropReason.None
            : DropReason.MalformedContent;
    }

    private static Offload Complete(FlowContext context, byte protocol, bool partial, int headerLength, Span<byte> transport)
    {
        if (!partial)
        {
            InnerPacket.MoveChecksum(transport, protocol, context.InDelta);
            return default;
        }

        var at = InnerPacket.ChecksumOffset(protocol);
        if (at < 0 || transport.Length < at + 2)
        {
            return default;
        }

        InnerPacket.WritePartial(transport, protocol, context.InDelta, transport.Length);
        return new Offload(headerLength, at, 0, 0);
    }

    // RFC 6040 §4.2: congestion marked on the way reaches the inner header, or the packet is dropped where it cannot.
    private static bool TryMergeEcn(ref byte inner, byte outer)
    {
        if (outer != Ecn.CongestionExperienced)
        {
            return true;
        }

        var able = Ecn.IsCapable(inner);
        inner = Ecn.CongestionExperienced;
        return able;
    }
}
