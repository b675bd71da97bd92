using System.Buffers.Binary;

namespace NTMobile.Wire.Dns;

/// <summary>Writes the fields of a DNS message. What does not fit sets <see cref="Overflow"/>; the caller then rewinds.</summary>
internal ref struct DnsWriter(Span<byte> destination)
{
    private const int PointerMark = 0xC000;
    private const int HighestPointer = 0x3FFF;

    private readonly Span<byte> _destination = destination;

    // Where names and their ends were written; a later name points there. Letters are equal in both cases (RFC 4343).
    private readonly Dictionary<string, int> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Offset of the next field.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes that may be written.</summary>
    public int Limit { get; set; } = destination.Length;

    /// <summary>Whether something did not fit since the last <see cref="Rewind"/>.</summary>
    public bool Overflow { get; private set; }

    /// <summary>Takes back all from a position on.</summary>
    public void Rewind(int position)
    {
        Position = position;
        Overflow = false;
        foreach (var (name, at) in _names)
        {
            if (at >= position)
            {
                _names.Remove(name);
            }
        }
    }

    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        Overflow |= value.Length > Limit - Position;
        if (!Overflow)
        {
            value.CopyTo(_destination[Position..]);
            Position += value.Length;
        }
    }

    public void Byte(byte value) => Bytes([value]);

    public void UInt16(int value) => Bytes([(byte)(value >> 8), (byte)value]);

    public void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Bytes(bytes);
    }

    public void UInt128(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>Writes a number where two bytes were left before.</summary>
    public readonly void Patch(int position, int value) => BinaryPrimitives.WriteUInt16BigEndian(_destination[position..], (ushort)value);

    /// <summary>Writes a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="compressed">Whether it may point to an earlier name, and later ones to it.</param>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public void Name(string name, bool compressed = true)
    {
        Span<byte> buffer = stackalloc byte[DnsName.MaxWireLength];
        scoped ReadOnlySpan<byte> wire = buffer[..DnsName.Encode(name, buffer)];
        while (wire.Length > 1)
        {
            if (compressed && _names.TryGetValue(name, out var earlier))
            {
                UInt16(PointerMark | earlier);
                return;
            }

            if (compressed && !Overflow && Position <= HighestPointer)
            {
                _names.Add(name, Position);
            }

            var labelEnd = 1 + wire[0];
            Bytes(wire[..labelEnd]);
            wire = wire[labelEnd..];
            name = name[(name.IndexOf('.') + 1)..];
        }

        Byte(0);
    }
}
