using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Cuts a TCP packet of any length into segments that fit the path and seals each straight into the send buffer. The header
/// of each segment is written over the tail of the one before it, which is sealed already, so nothing is copied but by the cipher.
/// </summary>
internal static class SegmentCutter
{
    private const int LongestHeader = 60;

    /// <summary>Seals all segments of a packet.</summary>
    /// <param name="packet">The packet's buffer; overwritten.</param>
    /// <param name="tcpAt">Where the TCP header begins; at least <see cref="DataHeader.Size"/> bytes before it are free.</param>
    /// <param name="headerLength">Bytes of the TCP header.</param>
    /// <param name="end">Where the packet ends.</param>
    /// <param name="skipped">Bytes of payload at the beginning that are left out, as if they were lost on the way.</param>
    /// <param name="context">Its context.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="header">Inner header that all segments share.</param>
    /// <param name="wire">Takes the datagrams.</param>
    /// <returns>False: the sink or the path took no more; the rest is lost.</returns>
    public static bool TrySend(
        Span<byte> packet, int tcpAt, int headerLength, int end, int skipped, FlowContext context, SendPath path, in DataHeader header, IDatagramSink wire)
    {
        var payloadAt = tcpAt + headerLength;
        var segment = Math.Min(path.MaximumDatagram - SealedDatagram.Overhead - DataHeader.Size - headerLength, end - payloadAt - skipped);
        var datagram = SealedDatagram.Overhead + DataHeader.Size + headerLength + segment;
        var target = new PathTarget(path.Uplink, path.Remote, header.Ecn);
        var original = new TcpHeader(packet.Slice(tcpAt, headerLength), stackalloc byte[LongestHeader]);
        for (var at = payloadAt + skipped; at < end;)
        {
            var room = wire.BeginRun(target, datagram, (end - at + segment - 1) / segment);
            var count = room.Length / datagram;
            if (room.IsEmpty || !path.Spend(count * datagram))
            {
                return false;
            }

            var used = 0;
            var counter = context.Session.Secure.Reserve(count);
            for (var i = 0; i < count; i++, at += segment)
            {
                var begin = at - headerLength - DataHeader.Size;
                var stop = Math.Min(at + segment, end);
                original.WriteTo(packet.Slice(at - headerLength, headerLength), (uint)(at - payloadAt), at == payloadAt, stop == end);
                header.Write(packet[begin..]);
                used += context.Session.Secure.Seal(
                    (byte)DatagramType.Data, (uint)path.PathId.Path, counter++, packet[begin..stop], room[used..]);
            }

            wire.EndRun(used);
        }

        return true;
    }

    /// <summary>The TCP header of the whole packet, from which those of its segments are made (as the kernel's GSO does).</summary>
    private readonly ref struct TcpHeader
    {
        private readonly Span<byte> _original;
        private readonly uint _sequence;
        private readonly TcpFlags _flags;

        public TcpHeader(ReadOnlySpan<byte> header, Span<byte> copy)
        {
            _original = copy[..header.Length];
            header.CopyTo(_original);
            _sequence = BinaryPrimitives.ReadUInt32BigEndian(header[Tcp.SequenceAt..]);
            _flags = (TcpFlags)header[Tcp.FlagsAt];
        }

        public void WriteTo(Span<byte> segment, uint offset, bool first, bool last)
        {
            _original.CopyTo(segment);
            BinaryPrimitives.WriteUInt32BigEndian(segment[Tcp.SequenceAt..], _sequence + offset);
            var flags = first ? _flags : _flags & ~TcpFlags.Cwr;
            segment[Tcp.FlagsAt] = (byte)(last ? flags : flags & ~(TcpFlags.Fin | TcpFlags.Psh));
        }
    }
}
