using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace NTMobile.Linux;

/// <summary>
/// Writes netlink messages, one after the other, into a buffer of the caller's. A message is <see cref="Begin"/>, a fixed
/// body, attributes, <see cref="End"/>. A buffer that is too small is our own mistake and throws.
/// </summary>
/// <param name="buffer">Where the messages go; its first byte should lie at a multiple of four.</param>
public ref struct NetlinkWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _messageAt;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Begins a message.</summary>
    /// <param name="type">Message type.</param>
    /// <param name="flags">NLM_F_*; NLM_F_REQUEST is always added.</param>
    /// <param name="sequence">Number that the answer repeats.</param>
    public void Begin(ushort type, int flags, uint sequence = 0)
    {
        _messageAt = Length;
        Body(new nlmsghdr { nlmsg_type = type, nlmsg_flags = (ushort)(flags | Libc.NLM_F_REQUEST), nlmsg_seq = sequence });
    }

    /// <summary>Writes a fixed structure, padded to four bytes.</summary>
    public void Body<T>(in T body)
        where T : unmanaged
    {
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), in body);
    }

    /// <summary>Writes an attribute.</summary>
    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Body(new nlattr { nla_type = type, nla_len = checked((ushort)(Unsafe.SizeOf<nlattr>() + value.Length)) });
        value.CopyTo(Take(value.Length));
    }

    /// <summary>Writes a number in the machine's byte order, as rtnetlink has them.</summary>
    public void Attribute(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>Writes a big-endian number, as netfilter has them.</summary>
    public void AttributeBigEndian(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>Writes a string with its closing zero.</summary>
    public void Attribute(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        bytes.Clear();
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Attribute(type, bytes[..(length + 1)]);
    }

    /// <summary>Begins an attribute that holds attributes.</summary>
    /// <returns>What <see cref="EndNested"/> wants.</returns>
    public int BeginNested(ushort type)
    {
        var at = Length;
        Body(new nlattr { nla_type = (ushort)(type | Libc.NLA_F_NESTED) });
        return at;
    }

    /// <summary>Ends an attribute that holds attributes.</summary>
    public readonly void EndNested(int at) => MemoryMarshal.Write(_buffer[at..], checked((ushort)(Length - at)));

    /// <summary>Ends the message: its length is known now.</summary>
    public readonly void End() => MemoryMarshal.Write(_buffer[_messageAt..], (uint)(Length - _messageAt));

    /// <summary>Forgets everything written.</summary>
    public void Clear() => Length = 0;

    private Span<byte> Take(int length)
    {
        var padded = (length + 3) & ~3;
        var taken = _buffer.Slice(Length, padded);
        taken[length..].Clear();
        Length += padded;
        return taken;
    }
}
