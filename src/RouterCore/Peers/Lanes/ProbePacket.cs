using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>Probes as whole packets of a lane's own shape: a TCP segment in the middle of a connection, or a UDP datagram.</summary>
internal static class ProbePacket
{
    private const int ShortPayload = 64;
    private const byte TimeToLive = 64;
    private const ushort Window = 0xFFFF;

    /// <summary>Makes a probe or an answer.</summary>
    /// <param name="lane">On which lane.</param>
    /// <param name="probe">What it says.</param>
    /// <param name="isFull">Whether it is as long as the path's largest packets.</param>
    public static byte[] Make(Lane lane, in TranslationProbe probe, bool isFull)
    {
        var terms = lane.Terms;
        var headers = Ipv4.MinimumHeaderLength + (terms.Protocol == IpProtocol.Tcp ? Tcp.MinimumHeaderLength : Udp.HeaderLength);
        var packet = new byte[isFull ? lane.Path.MaximumPacket : headers + ShortPayload];
        var payload = packet.AsSpan(headers);
        probe.Write(payload, lane.Path.Keys.Marker(terms.Protocol, terms.Flow, own: true));
        lane.Path.Keys.WriteTag(
            terms.Protocol, terms.Flow, payload[..TranslationProbe.TagAt], payload.Slice(TranslationProbe.TagAt, TranslationProbe.TagSize));
        var transport = packet.AsSpan(Ipv4.MinimumHeaderLength);
        if (terms.Protocol == IpProtocol.Tcp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(transport[Tcp.SequenceAt..], probe.Number);
            transport[Tcp.HeaderWordsAt] = Tcp.MinimumHeaderLength / 4 << 4;
            transport[Tcp.FlagsAt] = (byte)(TcpFlags.Ack | TcpFlags.Psh);
            BinaryPrimitives.WriteUInt16BigEndian(transport[Tcp.WindowAt..], Window);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(transport[Udp.LengthAt..], (ushort)transport.Length);
        }

        TranslatedSender.Finish(packet, lane, TimeToLive, 0, dontFragment: true, identification: 0);
        return packet;
    }

    /// <summary>Reads a probe that came in on a lane.</summary>
    /// <returns>False: a device's payload, or forged.</returns>
    public static bool TryRead(Lane lane, ReadOnlySpan<byte> payload, out TranslationProbe probe) =>
        TranslationProbe.TryRead(payload, out probe) && lane.Path.Keys.IsTagRight(
            lane.Terms.Protocol, lane.Terms.Flow, payload[..TranslationProbe.TagAt], payload.Slice(TranslationProbe.TagAt, TranslationProbe.TagSize));
}
