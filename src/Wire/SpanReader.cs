using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using NTMobile.Packets;

namespace NTMobile.Wire;

/// <summary>Reads one element of a list.</summary>
internal delegate SpanReader ReadItem<T>(SpanReader reader, out T item);

/// <summary>
/// Takes fields from the front of a message, one call a field. Each call gives the reader of what follows; after the first field
/// that is missing or out of range every later one is zero and <see cref="AtEnd"/> is false, so a codec asks only once, at its end.
/// </summary>
internal readonly ref struct SpanReader
{
    private readonly ReadOnlySpan<byte> _rest;
    private readonly bool _failed;

    public SpanReader(ReadOnlySpan<byte> source) => _rest = source;

    private SpanReader(bool failed) => _failed = failed;

    /// <summary>A reader on which a field failed.</summary>
    public static SpanReader Failed => new(failed: true);

    /// <summary>Whether every field was there and in range, and nothing follows.</summary>
    public bool AtEnd => !_failed && _rest.IsEmpty;

    /// <summary>Bytes that follow.</summary>
    public int Remaining => _rest.Length;

    public SpanReader Bytes(int count, out ReadOnlySpan<byte> value)
    {
        if (_failed || count > _rest.Length)
        {
            value = default;
            return Failed;
        }

        value = _rest[..count];
        return new SpanReader(_rest[count..]);
    }

    /// <summary>Copies <paramref name="count"/> bytes.</summary>
    public SpanReader Array(int count, out byte[] value)
    {
        var next = Bytes(count, out var bytes);
        value = bytes.ToArray();
        return next;
    }

    /// <summary>Copies all bytes to the end.</summary>
    public SpanReader Rest(int minimum, int maximum, out byte[] value)
    {
        value = [];
        return Remaining < minimum || Remaining > maximum ? Failed : Array(Remaining, out value);
    }

    /// <summary>Two length bytes and that many bytes, copied.</summary>
    public SpanReader LongBytes(out byte[] value, int minimum, int maximum)
    {
        value = [];
        var next = UInt16(out var length);
        return length < minimum || length > maximum ? Failed : next.Array(length, out value);
    }

    public SpanReader Byte(out byte value, byte minimum = 0, byte maximum = byte.MaxValue)
    {
        var next = Bytes(1, out var bytes);
        value = bytes.IsEmpty ? (byte)0 : bytes[0];
        return value < minimum || value > maximum ? Failed : next;
    }

    /// <summary>A byte that is 0 or 1.</summary>
    public SpanReader Bool(out bool value)
    {
        var next = Byte(out var bit, 0, 1);
        value = bit == 1;
        return next;
    }

    public SpanReader UInt16(out ushort value)
    {
        var next = Bytes(2, out var bytes);
        value = bytes.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return next;
    }

    public SpanReader UInt32(out uint value)
    {
        var next = Bytes(4, out var bytes);
        value = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return next;
    }

    public SpanReader UInt64(out ulong value)
    {
        var next = Bytes(8, out var bytes);
        value = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return next;
    }

    public SpanReader UInt128(out UInt128 value)
    {
        var next = Bytes(16, out var bytes);
        value = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return next;
    }

    /// <summary>One byte that is a defined value of <typeparamref name="T"/>, which is an enum of bytes.</summary>
    public SpanReader Enum<T>(out T value)
        where T : struct, Enum
    {
        var next = Byte(out var number);
        value = Unsafe.BitCast<byte, T>(number);
        return System.Enum.IsDefined(value) ? next : Failed;
    }

    /// <summary>A path id that names a path and has no epoch, as one node tells it to another.</summary>
    public SpanReader PathId(out PathId value)
    {
        var next = Bytes(Wire.PathId.Size, out var bytes);
        value = bytes.IsEmpty ? default : Wire.PathId.Read(bytes);
        return value.IsNone || value.Epoch != 0 ? Failed : next;
    }

    /// <summary>A host name: one length byte and that many bytes.</summary>
    public SpanReader Name(out string value)
    {
        var next = Byte(out var length).Bytes(length, out var bytes);
        value = Encoding.ASCII.GetString(bytes);
        return HostName.IsNormal(value) ? next : Failed;
    }

    /// <summary>A host name of one label only.</summary>
    public SpanReader Label(out string value)
    {
        var next = Name(out value);
        return HostName.IsLabel(value) ? next : Failed;
    }

    /// <summary>One family byte, the address and the port. An IPv4 address has one form only: family 4.</summary>
    public SpanReader Endpoint(out Endpoint value)
    {
        value = default;
        var next = Byte(out var family);
        if (family == 4)
        {
            next = next.UInt32(out var ipv4).UInt16(out var port4);
            value = Packets.Endpoint.FromIpv4(ipv4, port4);
            return next;
        }

        next = next.UInt128(out var ipv6).UInt16(out var port6);
        value = Packets.Endpoint.FromIpv6(ipv6, port6);
        return family == 6 && value.IsIpv6 ? next : Failed;
    }

    /// <summary>One count byte and that many elements.</summary>
    public SpanReader List<T>(ReadItem<T> item, out T[] value, byte minimum, byte maximum)
    {
        var next = Byte(out var count, minimum, maximum);
        value = next._failed ? [] : new T[count];
        for (var i = 0; i < value.Length; i++)
        {
            next = item(next, out value[i]);
        }

        return next;
    }
}
