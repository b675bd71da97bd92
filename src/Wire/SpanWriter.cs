using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using NTMobile.Packets;

namespace NTMobile.Wire;

/// <summary>Writes one element of a list.</summary>
internal delegate SpanWriter WriteItem<T>(SpanWriter writer, T item);

/// <summary>
/// Puts fields at the front of a buffer, one call a field; each call gives the writer of what follows. A value out of its range is
/// our own mistake and throws <see cref="ArgumentException"/>.
/// </summary>
internal readonly ref struct SpanWriter(Span<byte> rest)
{
    private readonly Span<byte> _rest = rest;

    /// <summary>Bytes not written yet.</summary>
    public int Remaining => _rest.Length;

    /// <summary>Says that the message is complete.</summary>
    public void End() => Require(_rest.IsEmpty, "the length announced is not the length written");

    public SpanWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_rest);
        return new SpanWriter(_rest[value.Length..]);
    }

    /// <summary>Bytes of which there must be a certain number.</summary>
    public SpanWriter Bytes(ReadOnlySpan<byte> value, int minimum, int maximum)
    {
        Require(value.Length >= minimum && value.Length <= maximum, "a field of bytes has the wrong length");
        return Bytes(value);
    }

    /// <summary>Two length bytes and the bytes.</summary>
    public SpanWriter LongBytes(ReadOnlySpan<byte> value, int minimum, int maximum) =>
        UInt16((ushort)value.Length).Bytes(value, minimum, maximum);

    public SpanWriter Byte(byte value, byte minimum = 0, byte maximum = byte.MaxValue)
    {
        Require(value >= minimum && value <= maximum, "a number is out of its range");
        _rest[0] = value;
        return new SpanWriter(_rest[1..]);
    }

    public SpanWriter Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public SpanWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_rest, value);
        return new SpanWriter(_rest[2..]);
    }

    public SpanWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_rest, value);
        return new SpanWriter(_rest[4..]);
    }

    public SpanWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_rest, value);
        return new SpanWriter(_rest[8..]);
    }

    public SpanWriter UInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_rest, value);
        return new SpanWriter(_rest[16..]);
    }

    public SpanWriter Enum<T>(T value)
        where T : struct, Enum
    {
        Require(System.Enum.IsDefined(value), "a value is not defined");
        return Byte(Unsafe.BitCast<T, byte>(value));
    }

    public SpanWriter PathId(PathId value)
    {
        Require(!value.IsNone && value.Epoch == 0, "a path id told to a peer names a path and has no epoch");
        value.Write(_rest);
        return new SpanWriter(_rest[Wire.PathId.Size..]);
    }

    public SpanWriter Name(string value)
    {
        Require(HostName.IsNormal(value), "a name is not in its normal form");
        Encoding.ASCII.GetBytes(value, _rest[1..]);
        _rest[0] = (byte)value.Length;
        return new SpanWriter(_rest[(1 + value.Length)..]);
    }

    public SpanWriter Label(string value)
    {
        Require(HostName.IsLabel(value), "a label is not in its normal form");
        return Name(value);
    }

    public SpanWriter Endpoint(Endpoint value)
    {
        Require(!value.IsNone, "an endpoint is none");
        return value.IsIpv4
            ? Byte(4).UInt32(value.Ipv4Address).UInt16(value.Port)
            : Byte(6).UInt128(value.Address).UInt16(value.Port);
    }

    public SpanWriter List<T>(WriteItem<T> item, T[] values, byte minimum, byte maximum)
    {
        Require(values.Length >= minimum && values.Length <= maximum, "a list is too short or too long");
        var next = Byte((byte)values.Length);
        foreach (var value in values)
        {
            next = item(next, value);
        }

        return next;
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException($"The message cannot be written: {otherwise}.");
        }
    }
}
