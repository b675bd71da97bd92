using System.Buffers.Binary;

namespace NTMobile.Packets;

/// <summary>Cuts a packet that may be fragmented (RFC 791 §2.3), one part after another. Options are copied into every part.</summary>
/// <param name="packet">A whole IPv4 packet, its transport checksum complete; not changed.</param>
/// <param name="largest">Most bytes of a part, at least its header and eight.</param>
public ref struct Ipv4Fragments(ReadOnlySpan<byte> packet, int largest)
{
    private const ushort MoreFragments = 0x2000;

    private readonly ReadOnlySpan<byte> _packet = packet;
    private readonly int _headerLength = (packet[0] & 0x0F) * 4;
    private readonly int _step = (largest - ((packet[0] & 0x0F) * 4)) & ~7;
    private int _at;

    /// <summary>Writes the next part.</summary>
    /// <param name="to">Room for <c>largest</c> bytes.</param>
    /// <returns>Bytes of the part; 0: there is no other.</returns>
    public int Next(scoped Span<byte> to)
    {
        var left = _packet.Length - _headerLength - _at;
        if (left <= 0 || _step <= 0)
        {
            return 0;
        }

        var length = Math.Min(left, _step);
        var header = to[.._headerLength];
        _packet[.._headerLength].CopyTo(header);
        _packet.Slice(_headerLength + _at, length).CopyTo(to[_headerLength..]);
        var word = BinaryPrimitives.ReadUInt16BigEndian(header[Ipv4.FragmentAt..]);
        word = (ushort)((word + (_at / 8)) | (length < left ? MoreFragments : 0));
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4.FragmentAt..], word);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4.TotalLengthAt..], (ushort)(_headerLength + length));
        Ipv4.WriteChecksum(header);
        _at += length;
        return _headerLength + length;
    }
}
