using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Translation;

/// <summary>
/// Writes packets of a lane: the device's own with other addresses and ports, protected where the lane is. A TCP packet of any length becomes segments as
/// long as the path carries, each protected for itself. The payload is copied once, into the send buffer.
/// </summary>
internal static class TranslatedSender
{
    // PCCOM's shortest payload. Without it the rule is the same, so that both modes carry the same flows.
    private const int ShortestPayload = 16;
    private const TcpFlags ConnectionControl = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    /// <summary>Whether a packet can go translated at all; all others go by tunnel (<see cref="Security.Pccom.PccomRefusal"/> names the cases).</summary>
    /// <param name="ip">The device's packet.</param>
    /// <param name="largest">Bytes of the largest packet that the path carries.</param>
    /// <param name="headerLength">Bytes of its transport header.</param>
    public static bool CanCarry(in Ipv4 ip, int largest, out int headerLength)
    {
        headerLength = 0;
        if (ip.IsFragment || ip.HeaderLength != Ipv4.MinimumHeaderLength)
        {
            return false;
        }

        switch (ip.Protocol)
        {
            case IpProtocol.Tcp when Tcp.TryRead(ip.Payload, out var tcp):
                headerLength = tcp.HeaderLength;
                return (tcp.Flags & ConnectionControl) == 0 && tcp.Payload.Length >= ShortestPayload;
            case IpProtocol.Udp when Udp.TryRead(ip.Payload, out var udp):
                headerLength = Udp.HeaderLength;
                return udp.Length == ip.Payload.Length && udp.Payload.Length >= ShortestPayload && ip.TotalLength <= largest;
            default:
                return false;
        }
    }

    /// <summary>Sends a packet that can be carried and whose checksum is partial, or was found right.</summary>
    /// <param name="ip">The packet.</param>
    /// <param name="headerLength">Bytes of its transport header.</param>
    /// <param name="lane">Its flow's lane.</param>
    /// <param name="skipsFirst">The first segment is to be lost.</param>
    /// <param name="wire">Takes the packets.</param>
    /// <returns>False: the sink took no more; the rest is lost.</returns>
    public static bool TrySend(in Ipv4 ip, int headerLength, Lane lane, bool skipsFirst, IDatagramSink wire)
    {
        var header = ip.Payload[..headerLength];
        var payload = ip.Payload[headerLength..];
        var size = SegmentSize(payload.Length, lane.Path.MaximumPacket - Ipv4.MinimumHeaderLength - headerLength);
        for (int at = skipsFirst ? size : 0, number = 0; at < payload.Length; at += size, number++)
        {
            var length = Math.Min(size, payload.Length - at);
            var packet = wire.BeginPacket(lane.Path.Uplink, Ipv4.MinimumHeaderLength + headerLength + length);
            if (packet.IsEmpty)
            {
                return false;
            }

            var transport = packet[Ipv4.MinimumHeaderLength..];
            header.CopyTo(transport);
            payload.Slice(at, length).CopyTo(transport[headerLength..]);
            if (ip.Protocol == IpProtocol.Tcp)
            {
                Continue(transport, at, at + length == payload.Length);
            }

            var identification = (ushort)(ip.Identification + number);
            if (Finish(packet, lane, (byte)(ip.TimeToLive - 1), (byte)(ip.Tos & 3), ip.DontFragment, identification))
            {
                wire.EndPacket();
                lane.CountOut(1);
            }
        }

        return true;
    }

    /// <summary>Addresses, ports, protection and checksums of a packet whose transport header and payload stand in their place.</summary>
    /// <returns>False: PCCOM does not take it.</returns>
    public static bool Finish(Span<byte> packet, Lane lane, byte timeToLive, byte ecn, bool dontFragment, ushort identification)
    {
        var (terms, remote) = (lane.Terms, lane.Remote);
        var transport = packet[Ipv4.MinimumHeaderLength..];
        Ipv4.Write(packet, lane.Path.Local, remote.Ipv4Address, terms.Protocol, transport.Length, timeToLive, ecn, identification, dontFragment);
        BinaryPrimitives.WriteUInt16BigEndian(transport, terms.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], remote.Port);
        if (lane.Pccom is not { } pccom)
        {
            return TransportChecksum.Complete(packet);
        }

        var pseudo = Checksum.PseudoHeader(lane.Path.Local, remote.Ipv4Address, terms.Protocol, transport.Length);
        return pccom.Sending.TryProtect(transport, terms.Protocol, pseudo, terms.Flow, partialChecksum: true, out _);
    }

    // As much as the path carries; where the last segment would be too short for PCCOM, all have about the same length.
    private static int SegmentSize(int payload, int largest)
    {
        var count = (payload + largest - 1) / largest;
        return payload - ((count - 1) * largest) >= ShortestPayload ? Math.Min(largest, payload) : (payload + count - 1) / count;
    }

    // The header of one segment of a super-packet (as the kernel's GSO makes it).
    private static void Continue(Span<byte> tcp, int offset, bool isLast)
    {
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[Tcp.SequenceAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Tcp.SequenceAt..], sequence + (uint)offset);
        var flags = (TcpFlags)tcp[Tcp.FlagsAt];
        flags = offset == 0 ? flags : flags & ~TcpFlags.Cwr;
        tcp[Tcp.FlagsAt] = (byte)(isLast ? flags : flags & ~TcpFlags.Psh);
    }
}
