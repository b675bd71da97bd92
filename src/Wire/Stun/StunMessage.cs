using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>What all STUN messages are (RFC 8489 §5), read and found to be whole.</summary>
/// <remarks>
/// <code>
///  0          2            4                  8                      20
///  +----------+------------+------------------+----------------------+--------------
///  | type (2) | length (2) | magic cookie (4) | transaction id (12)  | attributes …
///  +----------+------------+------------------+----------------------+--------------
///  attribute: type (2), length (2), value, and bytes without a meaning up to a multiple of four
/// </code>
/// The length is that of the attributes. A FINGERPRINT is the last of them. The value is borrowed from the datagram.
/// </remarks>
public readonly ref struct StunMessage
{
    /// <summary>Bytes before the attributes.</summary>
    public const int HeaderSize = AttributesAt;

    internal const int LengthAt = 2;
    internal const int TransactionAt = 4;
    internal const int AttributesAt = 20;

    private const byte HighestOwnFirstByte = 3;
    private const byte HighestFirstByte = 0x3F; // the two highest bits are zero

    private StunMessage(ReadOnlySpan<byte> datagram, bool hasFingerprint)
    {
        Type = (StunMessageType)BinaryPrimitives.ReadUInt16BigEndian(datagram);
        Transaction = new StunTransaction(BinaryPrimitives.ReadUInt128BigEndian(datagram[TransactionAt..]));
        Attributes = new StunAttributes(datagram[AttributesAt..]);
        HasFingerprint = hasFingerprint;
    }

    /// <summary>What the message is; any number.</summary>
    public StunMessageType Type { get; }

    /// <summary>By what an answer belongs to its request.</summary>
    public StunTransaction Transaction { get; }

    /// <summary>The attributes, in order.</summary>
    public StunAttributes Attributes { get; }

    /// <summary>Whether the message carries a FINGERPRINT; it is right then.</summary>
    public bool HasFingerprint { get; }

    /// <summary>Whether a datagram of a port that also carries our own messages is for STUN: those begin at 0x10 (RFC 7983's way of sharing a port).</summary>
    public static bool MayBe(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderSize && datagram[0] <= HighestOwnFirstByte;

    /// <summary>Reads a message.</summary>
    /// <returns>False if it is no STUN message, is cut off, has bytes too many, or a FINGERPRINT that is wrong or not the last attribute.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length < HeaderSize
            || datagram[0] > HighestFirstByte
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[LengthAt..]) != datagram.Length - HeaderSize
            || !StunAttributes.AreWhole(datagram[AttributesAt..], out bool hasFingerprint)
            || (hasFingerprint && !StunFingerprint.IsRight(datagram)))
        {
            return false;
        }

        message = new StunMessage(datagram, hasFingerprint);
        return true;
    }
}
