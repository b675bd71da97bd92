using System.Buffers.Binary;

namespace NTMobile.Wire;

/// <summary>HandshakeInit, HandshakeResponse or Punch (protocol.md §1.2). Borrows the datagram's bytes.</summary>
/// <remarks>
/// <code>
///  0        1               4                        12
///  +--------+---------------+------------------------+-------------------------+
///  | type   | path id (3)   | rendezvous id (8)      | Noise message (0–1200)  |
///  +--------+---------------+------------------------+-------------------------+
/// </code>
/// A Punch has no Noise message; the other two have one.
/// </remarks>
public readonly ref struct HandshakeDatagram
{
    /// <summary>Bytes before the Noise message.</summary>
    public const int HeaderSize = RendezvousIdAt + 8;

    /// <summary>Longest Noise message that is read.</summary>
    public const int MaxMessageSize = 1200;

    /// <summary>Longest Noise message that is sent.</summary>
    public const int MaxSentMessageSize = DatagramHeader.UnknownPathLimit - HeaderSize;

    private const int RendezvousIdAt = DatagramHeader.Size;

    private HandshakeDatagram(DatagramHeader header, ulong rendezvousId, ReadOnlySpan<byte> message)
    {
        Type = header.Type;
        PathId = header.PathId;
        RendezvousId = rendezvousId;
        Message = message;
    }

    /// <summary>Which of the three.</summary>
    public DatagramType Type { get; }

    /// <summary>Relay leg, or none on a direct path.</summary>
    public PathId PathId { get; }

    /// <summary>Names the attempt.</summary>
    public ulong RendezvousId { get; }

    /// <summary>Noise message; empty in a Punch.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>Reads a datagram.</summary>
    /// <returns>False if it is of another type or its length is not possible.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out HandshakeDatagram handshake)
    {
        handshake = default;
        if (!DatagramHeader.TryRead(datagram, out var header) || datagram.Length < HeaderSize)
        {
            return false;
        }

        var message = datagram[HeaderSize..];
        if (!IsPossible(header.Type, message.Length))
        {
            return false;
        }

        handshake = new HandshakeDatagram(header, BinaryPrimitives.ReadUInt64BigEndian(datagram[RendezvousIdAt..]), message);
        return true;
    }

    /// <summary>Writes a datagram.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="ArgumentException">It cannot have such a message, or <paramref name="datagram"/> is too short for it.</exception>
    public static int Write(Span<byte> datagram, DatagramType type, PathId pathId, ulong rendezvousId, ReadOnlySpan<byte> message)
    {
        if (!IsPossible(type, message.Length))
        {
            throw new ArgumentException($"A {type} cannot have a message of {message.Length} bytes.", nameof(message));
        }

        message.CopyTo(datagram[HeaderSize..]);
        new DatagramHeader(type, pathId).Write(datagram);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[RendezvousIdAt..], rendezvousId);
        return HeaderSize + message.Length;
    }

    private static bool IsPossible(DatagramType type, int messageLength) => type switch
    {
        DatagramType.HandshakeInit or DatagramType.HandshakeResponse => messageLength is > 0 and <= MaxMessageSize,
        DatagramType.Punch => messageLength == 0,
        _ => false,
    };
}
