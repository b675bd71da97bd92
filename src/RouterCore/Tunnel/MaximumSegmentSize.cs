using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>Lowers the MSS option of SYN segments to what the tunnel carries whole (RFC 9293 §3.7.1, RFC 6691).</summary>
internal static class MaximumSegmentSize
{
    /// <summary>TCP payload bytes that a path carries beside a header without options.</summary>
    public static int On(SendPath path) =>
        path.LargestDatagram - SealedDatagram.Overhead - DataHeader.Size - Tcp.MinimumHeaderLength;

    /// <summary>Clamps a segment if it is a SYN with a larger MSS.</summary>
    /// <param name="segment">TCP header and payload; changed in place.</param>
    /// <param name="largest">TCP payload bytes beside a header without options.</param>
    /// <param name="partial">The checksum is partial and does not cover the option.</param>
    public static void Clamp(Span<byte> segment, int largest, bool partial)
    {
        if (!Tcp.TryRead(segment, out var tcp) || (tcp.Flags & TcpFlags.Syn) == 0
            || !Tcp.TryFindMaximumSegmentSize(tcp.Options, out var at))
        {
            return;
        }

        var option = segment[(Tcp.MinimumHeaderLength + at)..];
        var old = BinaryPrimitives.ReadUInt16BigEndian(option);
        if (old <= largest)
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(option, (ushort)largest);
        if (partial)
        {
            return;
        }

        // An option may begin at an odd offset; then its two bytes stand in two different words.
        var odd = (at & 1) != 0;
        var change = Checksum.Fold((uint)(ushort)~Turn(old, odd) + Turn((ushort)largest, odd));
        InnerPacket.MoveChecksum(segment, IpProtocol.Tcp, change);
    }

    private static ushort Turn(ushort value, bool odd) => odd ? BinaryPrimitives.ReverseEndianness(value) : value;
}
