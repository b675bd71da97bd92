using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Wire;

namespace NTMobile.RouterCore;

// A device that speaks IPv6 (docs/decisions/0015):
//   FromLan : IPv6 packet → what stands for its addresses → IPv4 form in place → as every other packet
//   FromWire: content in IPv4 form → is the context's device one of IPv6? → IPv6 header, or IPv6 fragments
public sealed partial class Router
{
    private const int FragmentHeaders = Ipv6.HeaderLength + Ipv6.FragmentHeaderLength;

    // RFC 7915 §4: what is to be fragmented fits every link then. A multiple of 8.
    private const int FragmentPayload = (AlwaysCarried - FragmentHeaders) & ~7;

    private Outcome FromLanIpv6(ref LanPacket packet, LoopState loop, IDatagramSink wire)
    {
        if (!Ipv6.TryRead(packet.Bytes, out var ip))
        {
            return Dropped(DropReason.MalformedPacket);
        }

        if (_zones.Concerns(in ip))
        {
            return Tell(new DnsQueried(ip.Bytes.ToArray()));
        }

        if (!VirtualIpv6.Contains(ip.Destination))
        {
            return Outcome.Accept;
        }

        if (!loop.StandIns.TryFind(_tables.StandIns, ip.Source, ip.Destination))
        {
            return Tell(new Ipv6Held(ip.Bytes.ToArray(), packet.Hints));
        }

        var standIns = loop.StandIns;
        return HeaderTranslator.TryToIpv4(ref packet, in ip, standIns.Device, standIns.Virtual, standIns.Delta)
            ? FromLan(ref packet, loop, wire)
            : Dropped(DropReason.NotTranslatable);
    }

    private static DropReason DeliverIpv6(
        FlowContext context, Ipv6Pair pair, in DataHeader header, Span<byte> transport, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        loop.Joiner.Flush(lan);
        if (header.Protocol == IpProtocol.Icmp)
        {
            return DeliverIcmpv6(pair, in header, transport, at, in run, loop, lan);
        }

        // UDP over IPv6 has a checksum always (RFC 7915 §4.5).
        var partial = header.ChecksumPartial
            || (header.Protocol == IpProtocol.Udp && Udp.TryRead(transport, out var udp) && udp.Checksum == 0);
        var offload = Complete(context, header.Protocol, partial, Ipv6.HeaderLength, transport);
        if (header.MayFragment && !FitsIpv6(transport.Length))
        {
            CompleteHere(transport, in offload);
            DeliverFragments(pair, in header, new Part(0, false, loop.NextFragmentId()), transport.Length, at, in run, lan);
            return DropReason.None;
        }

        lan.BeginFrame(DirectFrame, in run);
        Ipv6.Write(lan.Header(DirectFrame), pair.Virtual, pair.Local, header.Protocol, transport.Length, header.TimeToLive, header.Ecn);
        lan.Append(DirectFrame, at, transport.Length);
        lan.EndFrame(DirectFrame, Ipv6.HeaderLength, in offload);
        return DropReason.None;
    }

    // Of a DataFull packet: IPv4 options are left out, a fragment stays one.
    private static DropReason DeliverFullIpv6(
        FlowContext context, Ipv6Pair pair, in Ipv4 ip, in DataHeader header, Span<byte> transport, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (!ip.IsFragment)
        {
            return DeliverIpv6(context, pair, in header, transport, at, in run, loop, lan);
        }

        if (ip.Protocol == IpProtocol.Icmp)
        {
            return DropReason.NotTranslatable; // its checksum covers the length of the whole
        }

        if (ip.FragmentOffset == 0)
        {
            if (ip.Protocol == IpProtocol.Udp && Udp.TryRead(transport, out var udp) && udp.Checksum == 0)
            {
                return DropReason.NotTranslatable; // nobody here has the whole to compute it of
            }

            InnerPacket.MoveChecksum(transport, ip.Protocol, context.InDelta);
        }

        loop.Joiner.Flush(lan);
        DeliverFragments(pair, in header, new Part(ip.FragmentOffset, ip.MoreFragments, ip.Identification), transport.Length, at, in run, lan);
        return DropReason.None;
    }

    private static DropReason DeliverIcmpv6(
        Ipv6Pair pair, in DataHeader header, Span<byte> icmp, int at, in ReceivedRun run, LoopState loop, ILanSink lan)
    {
        if (HeaderTranslator.TryEchoToIpv6(icmp, pair))
        {
            var whole = header with { Protocol = IpProtocol.Icmpv6 };
            if (header.MayFragment && !FitsIpv6(icmp.Length))
            {
                DeliverFragments(pair, in whole, new Part(0, false, loop.NextFragmentId()), icmp.Length, at, in run, lan);
            }
            else
            {
                DeliverWhole(pair, in whole, at, icmp.Length, in run, lan);
            }

            return DropReason.None;
        }

        var error = loop.IcmpRoom;
        var length = HeaderTranslator.ErrorToIpv6(icmp, pair, 0, error);
        if (length == 0)
        {
            return DropReason.NotTranslatable;
        }

        Icmpv6.WriteChecksum(error[..length], pair.Virtual, pair.Local);
        DeliverWhole(pair, header with { Protocol = IpProtocol.Icmpv6 }, 0, length, new ReceivedRun(error, length, run.From, run.Uplink, run.Ecn), lan);
        return DropReason.None;
    }

    private static void DeliverWhole(Ipv6Pair pair, in DataHeader header, int at, int length, in ReceivedRun run, ILanSink lan)
    {
        lan.BeginFrame(DirectFrame, in run);
        Ipv6.Write(lan.Header(DirectFrame), pair.Virtual, pair.Local, header.Protocol, length, header.TimeToLive, header.Ecn);
        lan.Append(DirectFrame, at, length);
        lan.EndFrame(DirectFrame, Ipv6.HeaderLength, default);
    }

    private static void DeliverFragments(
        Ipv6Pair pair, in DataHeader header, Part part, int length, int at, in ReceivedRun run, ILanSink lan)
    {
        for (var done = 0; done < length; done += FragmentPayload)
        {
            var size = Math.Min(FragmentPayload, length - done);
            lan.BeginFrame(DirectFrame, in run);
            var room = lan.Header(DirectFrame);
            Ipv6.Write(
                room, pair.Virtual, pair.Local, IpProtocol.Fragment, Ipv6.FragmentHeaderLength + size, header.TimeToLive, header.Ecn);
            Ipv6.WriteFragmentHeader(
                room[Ipv6.HeaderLength..], header.Protocol, part.Offset + done, part.More || done + size < length, part.Identification);
            lan.Append(DirectFrame, at + done, size);
            lan.EndFrame(DirectFrame, FragmentHeaders, default);
        }
    }

    private static bool FitsIpv6(int transport) => Ipv6.HeaderLength + transport <= AlwaysCarried;

    // Fragments have no checksum that the kernel could complete.
    private static void CompleteHere(Span<byte> transport, in Offload offload)
    {
        if (offload.ChecksumStart == 0)
        {
            return;
        }

        var field = transport[offload.ChecksumOffset..];
        var checksum = Checksum.Compute(transport); // the field holds the pseudo-header's sum
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(field, checksum == 0 ? (ushort)0xFFFF : checksum);
    }

    // Where in its packet the first byte belongs, whether more follows, and which packet it is.
    private readonly record struct Part(int Offset, bool More, uint Identification);
}
