using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Puts packets together again that came in parts. Every part is authentic and was never seen before, so it only has to be copied to its place. The
/// bounds are <see cref="MaximumPackets"/> in all and <see cref="PerSession"/> of one session: a new packet takes the place of the oldest, of the same
/// session when that has its share. There is no time-out: a number never comes again.
/// </summary>
internal sealed class Reassembler
{
    /// <summary>Packets of which parts are kept; each takes up to 64 KiB.</summary>
    public const int MaximumPackets = 32;

    /// <summary>Of these, of one session.</summary>
    public const int PerSession = 8;

    private const int SmallestBuffer = 2048;
    private readonly Unfinished[] _packets = [.. Enumerable.Range(0, MaximumPackets).Select(_ => new Unfinished())];
    private long _begun;

    /// <summary>Takes one part.</summary>
    /// <param name="session">Whose it is.</param>
    /// <param name="counter">The counter under which it was sealed.</param>
    /// <param name="header">Its header.</param>
    /// <param name="part">Its bytes.</param>
    /// <param name="ecn">ECN field of the datagram in which it came.</param>
    /// <param name="whole">The whole content, once nothing is missing; it stays where it is, unchanged until the next call. Else empty.</param>
    /// <returns>
    /// <see cref="DropReason.None"/>; <see cref="DropReason.MalformedContent"/>: it contradicts the other parts; <see cref="DropReason.PartsMissing"/>:
    /// it was taken, and another packet that was not finished had to go.
    /// </returns>
    public DropReason Add(PeerSession session, ulong counter, in FragmentHeader header, ReadOnlySpan<byte> part, byte ecn, out Whole whole)
    {
        whole = default;
        var reason = DropReason.None;
        var first = counter - header.Index;
        if (Find(session, first) is not { } packet)
        {
            packet = Oldest(session);
            reason = packet.IsOpen ? DropReason.PartsMissing : DropReason.None;
            packet.Begin(session, first, in header, ++_begun);
        }
        else if (!packet.Agrees(in header))
        {
            return DropReason.MalformedContent;
        }

        if (packet.Take(in header, part, ecn))
        {
            whole = packet.Finish();
        }

        return reason;
    }

    private Unfinished? Find(PeerSession session, ulong first)
    {
        foreach (var packet in _packets)
        {
            if (packet.Is(session, first))
            {
                return packet;
            }
        }

        return null;
    }

    private Unfinished Oldest(PeerSession session)
    {
        Unfinished inAll = _packets[0], ofSession = inAll;
        var count = 0;
        foreach (var packet in _packets)
        {
            inAll = packet.Age < inAll.Age ? packet : inAll;
            if (packet.Session == session)
            {
                ofSession = count++ == 0 || packet.Age < ofSession.Age ? packet : ofSession;
            }
        }

        return count >= PerSession ? ofSession : inAll;
    }

    /// <summary>A packet that is whole again.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="ecn">3 if one of its parts met congestion (RFC 3168 §5.3), else that of the last one.</param>
    public readonly ref struct Whole(Span<byte> content, byte ecn)
    {
        public Span<byte> Content { get; } = content;

        public byte Ecn { get; } = ecn;
    }

    private sealed class Unfinished
    {
        private byte[] _buffer = [];
        private ulong _first;
        private DatagramType _type;
        private int _length;
        private int _count;
        private int _missing;
        private byte _ecn;

        /// <summary>Whose it is; null: free.</summary>
        public PeerSession? Session { get; private set; }

        /// <summary>The smaller, the older; 0: free.</summary>
        public long Age { get; private set; }

        public bool IsOpen => Session is not null;

        public bool Is(PeerSession session, ulong first) => Session == session && _first == first;

        public bool Agrees(in FragmentHeader header) => (_type, _length, _count) == (header.Whole, header.Length, header.Count);

        public void Begin(PeerSession session, ulong first, in FragmentHeader header, long age)
        {
            (Session, _first, Age) = (session, first, age);
            (_type, _length, _count, _missing, _ecn) = (header.Whole, header.Length, header.Count, header.Count, 0);
            if (_buffer.Length < _length)
            {
                // What is written to the LAN must not be moved by the collector meanwhile.
                _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(_length, Math.Max(SmallestBuffer, _buffer.Length * 2)), pinned: true);
            }
        }

        public bool Take(in FragmentHeader header, ReadOnlySpan<byte> part, byte ecn)
        {
            part.CopyTo(_buffer.AsSpan(header.Offset));
            _ecn = _ecn == Ecn.CongestionExperienced ? _ecn : ecn;
            return --_missing == 0;
        }

        public Whole Finish()
        {
            (Session, Age) = (null, 0);
            return new Whole(_buffer.AsSpan(0, _length), _ecn);
        }
    }
}
