using NTMobile.Packets;
using NTMobile.RouterCore.Tunnel;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Peers;

/// <summary>A waiting packet as it rides in message 1 (docs/decisions/0022): only what begins something and fits the short form.</summary>
/// <param name="Protocol">IP protocol.</param>
/// <param name="Local">The device's port, or the identifier of an echo.</param>
/// <param name="Remote">The other end's.</param>
/// <param name="Content">What would be sealed in a Data datagram.</param>
internal sealed record EarlyPacket(byte Protocol, ushort Local, ushort Remote, byte[] Content)
{
    /// <summary>Null: the packet has to wait for the session.</summary>
    public static EarlyPacket? Of(PacketHeld held, ushort context)
    {
        if (!Ipv4.TryRead(held.Packet, out var ip) || ip.IsFragment || ip.HeaderLength != Ipv4.MinimumHeaderLength || ip.TimeToLive <= 1)
        {
            return null;
        }

        var transport = ip.Payload;
        if (!InnerPacket.TryReadPorts(transport, ip.Protocol, out var local, out var remote) || !InnerPacket.ExpectsAnswer(ip.Protocol, transport))
        {
            return null;
        }

        var hasChecksum = InnerPacket.ChecksumOffset(ip.Protocol) >= 0;
        var partial = hasChecksum && ((held.Hints & PacketHints.PartialChecksum) != 0 || InnerPacket.HasGoodChecksum(in ip));
        if (hasChecksum && !partial)
        {
            return null;
        }

        var content = new byte[DataHeader.Size + transport.Length];
        new DataHeader(context, ip.Protocol, (byte)(ip.TimeToLive - 1), (byte)(ip.Tos & 3), partial, !ip.DontFragment).Write(content);
        transport.CopyTo(content.AsSpan(DataHeader.Size));
        return new EarlyPacket(ip.Protocol, local, remote, content);
    }
}
