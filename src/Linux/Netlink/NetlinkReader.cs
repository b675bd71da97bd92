using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace NTMobile.Linux;

/// <summary>Reads the messages of one netlink datagram, never beyond it.</summary>
/// <param name="datagram">What one receive call gave.</param>
public ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Reads the next message.</summary>
    /// <returns>False at the end and when the next message is malformed.</returns>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (!MemoryMarshal.TryRead(_rest, out nlmsghdr header)
            || header.nlmsg_len < Unsafe.SizeOf<nlmsghdr>() || header.nlmsg_len > _rest.Length)
        {
            return false;
        }

        var length = (int)header.nlmsg_len;
        message = new NetlinkMessage(header, _rest[Unsafe.SizeOf<nlmsghdr>()..length]);
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}

/// <summary>A netlink message.</summary>
public readonly ref struct NetlinkMessage
{
    internal NetlinkMessage(nlmsghdr header, ReadOnlySpan<byte> payload)
    {
        Header = header;
        Payload = payload;
    }

    /// <summary>Its header.</summary>
    public nlmsghdr Header { get; }

    /// <summary>Its type.</summary>
    public ushort Type => Header.nlmsg_type;

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads the fixed structure that begins the payload.</summary>
    /// <param name="body">The structure.</param>
    /// <param name="attributes">The attributes after it.</param>
    /// <returns>False when the payload is shorter than the structure.</returns>
    public bool TryReadBody<T>(out T body, out NetlinkAttributes attributes)
        where T : unmanaged
    {
        attributes = default;
        if (!MemoryMarshal.TryRead(Payload, out body))
        {
            return false;
        }

        attributes = new NetlinkAttributes(Payload[Math.Min((Unsafe.SizeOf<T>() + 3) & ~3, Payload.Length)..]);
        return true;
    }
}

/// <summary>Reads the attributes of a message or of a nested attribute.</summary>
/// <param name="attributes">The attributes' bytes.</param>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>Reads the next attribute.</summary>
    /// <param name="type">Its type, without the flags for nesting and byte order.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False at the end and when the next attribute is malformed.</returns>
    public bool TryRead(out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (!MemoryMarshal.TryRead(_rest, out nlattr header)
            || header.nla_len < Unsafe.SizeOf<nlattr>() || header.nla_len > _rest.Length)
        {
            return false;
        }

        type = header.nla_type & ~(Libc.NLA_F_NESTED | Libc.NLA_F_NET_BYTEORDER);
        value = _rest[Unsafe.SizeOf<nlattr>()..header.nla_len];
        _rest = _rest[Math.Min((header.nla_len + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>Reads a string value up to its closing zero.</summary>
    public static string String(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    /// <summary>Reads a number in the machine's byte order; zero when the value is too short.</summary>
    public static uint UInt32(ReadOnlySpan<byte> value) => MemoryMarshal.TryRead(value, out uint number) ? number : 0;
}
