using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>The error that answers a binding request (RFC 8489 §14.8, §14.13).</summary>
/// <remarks>
/// <code>
///  0                 20                 28
///  +-----------------+------------------+---------------------------------------+-------------+
///  | header, 0x0111  | ERROR-CODE (8)   | UNKNOWN-ATTRIBUTES: types (2 each)    | FINGERPRINT |
///  +-----------------+------------------+---------------------------------------+-------------+
///  ERROR-CODE: two zero bytes, hundreds (1), the rest (1), text for people (we send none: an answer is as short as can be)
/// </code>
/// </remarks>
/// <param name="Transaction">The request's.</param>
/// <param name="Code">300–699.</param>
public readonly record struct StunRefusal(StunTransaction Transaction, int Code)
{
    /// <summary>The request has attributes that must be known and are not.</summary>
    public const int UnknownAttribute = 420;

    /// <summary>Most attribute types that are listed; who uses more of them expects another kind of server.</summary>
    public const int MaximumUnknown = 16;

    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int MaximumSize =
        StunMessage.HeaderSize + (2 * StunAttribute.HeaderSize) + CodeSize + (MaximumUnknown * sizeof(ushort)) + StunFingerprint.Size;

    private const int CodeSize = 4;

    /// <summary>Writes the error.</summary>
    /// <param name="datagram">Room of <see cref="MaximumSize"/> bytes.</param>
    /// <param name="unknown">The attributes that are not known, at most <see cref="MaximumUnknown"/>; empty with another code than 420.</param>
    /// <param name="fingerprint">Whether the request had a FINGERPRINT.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> datagram, ReadOnlySpan<StunAttributeType> unknown, bool fingerprint)
    {
        var writer = new StunWriter(datagram, StunMessageType.BindingError, Transaction);
        writer.AddNumber(StunAttributeType.ErrorCode, (uint)((Code / 100 << 8) | (Code % 100)));
        if (!unknown.IsEmpty)
        {
            Span<byte> types = writer.Add(StunAttributeType.UnknownAttributes, unknown.Length * sizeof(ushort));
            for (int i = 0; i < unknown.Length; i++)
            {
                BinaryPrimitives.WriteUInt16BigEndian(types[(i * sizeof(ushort))..], (ushort)unknown[i]);
            }
        }

        return writer.End(fingerprint);
    }

    /// <summary>Reads an error; the caller compares the transaction with its own.</summary>
    /// <returns>False if it is another message, or has no code in the range.</returns>
    public static bool TryRead(in StunMessage message, out StunRefusal refusal)
    {
        int code = 0;
        foreach (StunAttribute attribute in message.Attributes)
        {
            if (attribute.Type == StunAttributeType.ErrorCode && attribute.Value.Length >= CodeSize && attribute.Value[3] < 100)
            {
                code = ((attribute.Value[2] & 7) * 100) + attribute.Value[3];
            }
        }

        refusal = new StunRefusal(message.Transaction, code);
        return message.Type == StunMessageType.BindingError && code is >= 300 and < 700;
    }
}
