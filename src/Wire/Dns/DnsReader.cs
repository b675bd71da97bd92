using System.Buffers.Binary;
using System.Text;

namespace NTMobile.Wire.Dns;

/// <summary>
/// Takes fields from a DNS message one after another. After the first field that is missing or malformed every later one is zero or empty,
/// and <see cref="Failed"/> stays true.
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    // Upper two bits of a label's length byte: 00 label, 11 pointer, others unknown (RFC 1035 §4.1.4).
    private const byte KindMask = 0xC0;

    private readonly ReadOnlySpan<byte> _message = message;

    public bool Failed { get; private set; }

    /// <summary>Offset of the next field.</summary>
    public int Position { get; private set; }

    public readonly bool AtEnd => !Failed && Position == _message.Length;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (Failed || count > _message.Length - Position)
        {
            Fail();
            return default;
        }

        Position += count;
        return _message.Slice(Position - count, count);
    }

    public byte Byte() => Bytes(1) is [var value] ? value : (byte)0;

    public ushort UInt16() => Bytes(2) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    public uint UInt32() => Bytes(4) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    public UInt128 UInt128() => Bytes(16) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0;

    /// <summary>A name, its letters as they stand there.</summary>
    /// <param name="compressed">Whether it may point to an earlier name.</param>
    public string Name(bool compressed = true)
    {
        var text = new StringBuilder();
        var wireLength = 1;
        var start = Position;
        int? after = null;
        for (var length = Byte(); length != 0; length = Byte())
        {
            if ((length & KindMask) == KindMask && compressed)
            {
                var target = ((length & ~KindMask) << 8) | Byte();
                after ??= Position;

                // Each jump goes before the place where the last one arrived: no loop, and no more than the message's length of jumps.
                if (target >= start)
                {
                    return Fail();
                }

                start = Position = target;
                continue;
            }

            wireLength += 1 + length;
            var label = (length & KindMask) == 0 && wireLength <= DnsName.MaxWireLength ? Bytes(length) : default;
            if (label.IsEmpty)
            {
                return Fail();
            }

            text.Append(text.Length == 0 ? "" : ".");
            DnsName.AppendLabel(text, label);
        }

        Position = after ?? Position;
        return Failed ? string.Empty : text.ToString();
    }

    /// <summary>A name in lower case.</summary>
    public string LowerName(bool compressed = true) => Name(compressed).ToLowerInvariant();

    /// <summary>Says that the message is malformed.</summary>
    public string Fail()
    {
        Failed = true;
        return string.Empty;
    }
}
