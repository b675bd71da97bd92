using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Sends what is too long for the path and cannot be cut as TCP: in parts of equal length, each sealed by itself. The header of each part is written
/// over the tail of the one before it, which is sealed already.
/// </summary>
internal static class FragmentCutter
{
    /// <summary>Seals all parts of one content.</summary>
    /// <param name="buffer">The content's buffer; overwritten.</param>
    /// <param name="begin">Where the content begins; at least <see cref="FragmentHeader.Size"/> bytes before it are free.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="whole">What it is: Data or DataFull.</param>
    /// <param name="context">Its context.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="ecn">ECN field for the outer headers.</param>
    /// <param name="wire">Takes the datagrams.</param>
    /// <returns><see cref="DropReason.None"/>, or why the rest is lost.</returns>
    public static DropReason Send(
        Span<byte> buffer, int begin, int end, DatagramType whole, FlowContext context, SendPath path, byte ecn, IDatagramSink wire)
    {
        var largest = path.MaximumDatagram - SealedDatagram.Overhead - FragmentHeader.Size;
        var count = (end - begin + largest - 1) / largest;
        if (count > byte.MaxValue || end - begin > ushort.MaxValue)
        {
            return DropReason.TooBig;
        }

        var header = new FragmentHeader(whole, 0, (byte)count, (ushort)(end - begin));
        var datagram = SealedDatagram.Overhead + FragmentHeader.Size + header.PartSize;
        var counter = context.Session.Secure.Reserve(count);
        for (var index = 0; index < count;)
        {
            var room = wire.BeginRun(new PathTarget(path.Uplink, path.Remote, ecn), datagram, count - index);
            var parts = room.Length / datagram;
            if (room.IsEmpty || !path.Spend(parts * datagram))
            {
                return DropReason.Backpressure;
            }

            var used = 0;
            for (var last = index + parts; index < last; index++)
            {
                header = header with { Index = (byte)index };
                var at = begin + header.Offset;
                header.Write(buffer[(at - FragmentHeader.Size)..]);
                used += context.Session.Secure.Seal(
                    (byte)DatagramType.Fragment, (uint)path.PathId.Path, counter + (ulong)index,
                    buffer[(at - FragmentHeader.Size)..Math.Min(at + header.PartSize, end)], room[used..]);
            }

            wire.EndRun(used);
        }

        return DropReason.None;
    }
}
