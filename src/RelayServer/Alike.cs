using System.Runtime.InteropServices;
using NTMobile.Wire;

namespace NTMobile.RelayServer;

/// <summary>Datagrams from one source that lie one after another, begin with the same type and path id, and have one size; the last may be shorter.</summary>
/// <param name="bytes">The datagrams.</param>
/// <param name="size">Bytes of each but the last; more than there are stands for a single one.</param>
internal readonly ref struct Alike(Span<byte> bytes, int size)
{
    /// <summary>All of them.</summary>
    public Span<byte> Bytes { get; } = bytes;

    /// <summary>Bytes of each but the last.</summary>
    public int Size { get; } = Math.Min(size, bytes.Length);

    /// <summary>How many.</summary>
    public int Count { get; } = bytes.IsEmpty ? 0 : size >= bytes.Length ? 1 : (bytes.Length + size - 1) / size;

    private int LastSize => Bytes.Length - ((Count - 1) * Size);

    /// <summary>Without those that are shorter than <paramref name="shortest"/>: all, the last, or none of them.</summary>
    public Alike WithoutShorterThan(int shortest) =>
        Size < shortest ? default
        : LastSize < shortest ? new Alike(Bytes[..^LastSize], Size)
        : this;

    /// <summary>Gives each one another beginning.</summary>
    public void Begin(DatagramHeader header)
    {
        header.Write(Bytes);
        uint first = MemoryMarshal.Read<uint>(Bytes);
        for (int at = Size; at < Bytes.Length; at += Size)
        {
            MemoryMarshal.Write(Bytes[at..], first);
        }
    }

    /// <summary>One by one.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc cref="GetEnumerator"/>
    public ref struct Enumerator(Alike all)
    {
        private readonly Alike _all = all;
        private int _next;

        /// <summary>The datagram at hand.</summary>
        public Span<byte> Current { get; private set; }

        /// <summary>Goes to the next.</summary>
        public bool MoveNext()
        {
            if (_next >= _all.Bytes.Length)
            {
                return false;
            }

            Current = _all.Bytes.Slice(_next, Math.Min(_all.Size, _all.Bytes.Length - _next));
            _next += _all.Size;
            return true;
        }
    }
}
