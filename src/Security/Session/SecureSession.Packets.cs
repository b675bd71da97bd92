using NTMobile.Packets;
using NTMobile.Security.Primitives;
using NTMobile.Wire;

namespace NTMobile.Security.Session;

// What the packet loops call. Nothing here allocates or waits.
//   out: reserve counters for a run → seal each packet into the send buffer
//   in:  length → keys by epoch bits → full counter → window → open in place → commit
public sealed partial class SecureSession
{
    /// <summary>Fetches what the next <see cref="Seal"/> will need, without waiting for it.</summary>
    public void FetchForSealing()
    {
        CacheLines.Fetch(_sendingPlace.Address, _sendingPlace.Bytes);
        CacheLines.Fetch(_sending, CacheLines.Size);
    }

    /// <summary>Fetches what the next <see cref="TryOpen"/> will need, without waiting for it.</summary>
    public void FetchForOpening()
    {
        CacheLines.Fetch(_receivingPlace.Address, _receivingPlace.Bytes);
        CacheLines.Fetch(_receive, CacheLines.Size);
    }

    /// <summary>Takes <paramref name="count"/> counters in a row, to be used once each, from <paramref name="first"/> on.</summary>
    /// <returns>False when the epoch has sealed so much that it must not seal any more: the session has to be rekeyed or closed.</returns>
    public bool TryReserve(int count, out ulong first)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        first = Interlocked.Add(ref _sending.Next, (ulong)count) - (ulong)count;
        return PacketsSealedInEpoch <= MaxPacketsInEpoch;
    }

    /// <summary>As <see cref="TryReserve"/>.</summary>
    /// <exception cref="InvalidOperationException">The epoch must not seal any more.</exception>
    public ulong Reserve(int count) =>
        TryReserve(count, out ulong first) ? first : throw new InvalidOperationException("The epoch has sealed too many packets.");

    /// <summary>Writes one datagram under the present send epoch.</summary>
    /// <param name="type">Byte 0.</param>
    /// <param name="pathId">The 22 bits that the receiver chose for this path.</param>
    /// <param name="counter">Reserved by us and not used yet.</param>
    /// <param name="plaintext">Shares no byte with <paramref name="destination"/>.</param>
    /// <param name="destination">At least <see cref="Overhead"/> bytes longer than <paramref name="plaintext"/>.</param>
    /// <returns>Bytes of the datagram.</returns>
    public int Seal(byte type, uint pathId, ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int length = plaintext.Length + Overhead;
        Require.AtLeast(destination, length);
        EpochKeys keys = _sending.Keys;
        SealedDatagram.WriteHeader(destination, (DatagramType)type, PathId.Of((int)pathId, keys.Epoch), counter);
        Span<byte> aad = stackalloc byte[SealedDatagram.AadSize];
        SealedDatagram.WriteAad(aad, (DatagramType)type, counter);
        keys.Send.Seal(counter, aad, plaintext, destination[HeaderSize..length]);
        return length;
    }

    /// <summary>Opens one datagram in place.</summary>
    /// <param name="datagram">All of it. When refused as forged, its content is spoilt.</param>
    /// <param name="opened">Where the plaintext stands.</param>
    /// <param name="failure">Why it was refused; counted too.</param>
    public bool TryOpen(Span<byte> datagram, out OpenedDatagram opened, out OpenFailure failure)
    {
        opened = default;
        failure = OpenCore(datagram, ref opened);
        if (failure == OpenFailure.None)
        {
            return true;
        }

        _receive.Failures[(int)failure]++;
        return false;
    }

    private OpenFailure OpenCore(Span<byte> datagram, ref OpenedDatagram opened)
    {
        if (!SealedDatagram.TryRead(datagram, out SealedDatagram header))
        {
            return datagram.Length < Overhead ? OpenFailure.Truncated : OpenFailure.Forged; // no type that anybody seals
        }

        if (Volatile.Read(ref _ring[header.PathId.Epoch]) is not { } keys)
        {
            return OpenFailure.UnknownEpoch;
        }

        ReplayWindow window = _receive.Window;
        ulong counter = window.Expand(header.CounterLow);
        if (!window.Check(counter))
        {
            return OpenFailure.Replayed;
        }

        Span<byte> aad = stackalloc byte[SealedDatagram.AadSize];
        SealedDatagram.WriteAad(aad, header.Type, counter);
        if (!keys.Receive.Open(counter, aad, datagram[HeaderSize..]))
        {
            return OpenFailure.Forged;
        }

        window.Commit(counter);
        NoteOpened(keys.Epoch);
        opened = new OpenedDatagram((byte)header.Type, (uint)header.PathId.Path, keys.Epoch, counter, HeaderSize, datagram.Length - Overhead);
        return OpenFailure.None;
    }

    private void NoteOpened(byte epoch)
    {
        Volatile.Write(ref _receive.Opened, _receive.Opened + 1);
        if (IsAfter(epoch, _receive.NewestEpoch))
        {
            Volatile.Write(ref _receive.NewestEpoch, epoch);
        }
    }
}
