using NTMobile.Packets;

namespace NTMobile.Wire.Stun;

/// <summary>The answer to a binding request: where the asker is seen, and from where the server answers.</summary>
/// <remarks>
/// <code>
///  0                 20
///  +-----------------+---------------------------+--------------------------+------------------+----------------+-------------+
///  | header, 0x0101  | XOR-MAPPED-ADDRESS (8+4)  | MAPPED-ADDRESS (8+4)     | RESPONSE-ORIGIN  | OTHER-ADDRESS  | FINGERPRINT |
///  +-----------------+---------------------------+--------------------------+------------------+----------------+-------------+
/// </code>
/// To askers of RFC 3489: MAPPED-ADDRESS, SOURCE-ADDRESS, CHANGED-ADDRESS. Addresses of IPv6 have 20 bytes instead of 8.
/// </remarks>
/// <param name="Transaction">The request's.</param>
/// <param name="Mapped">From where the request came.</param>
public readonly record struct StunResponse(StunTransaction Transaction, Endpoint Mapped)
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int MaximumSize = StunMessage.HeaderSize + (4 * (StunAttribute.HeaderSize + StunAddress.MaximumSize)) + StunFingerprint.Size;

    /// <summary>From where the answer is sent; none: not told.</summary>
    public Endpoint Origin { get; init; }

    /// <summary>The server's other address with its other port; none: it has no second address.</summary>
    public Endpoint Other { get; init; }

    /// <summary>Whether the answer has a FINGERPRINT.</summary>
    public bool HasFingerprint { get; init; }

    /// <summary>Writes the answer. One with <see cref="Other"/> has both forms of the asker's address, by which a rewriting NAT is found (RFC 5780 §6.1).</summary>
    /// <param name="datagram">Room of <see cref="MaximumSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> datagram)
    {
        var writer = new StunWriter(datagram, StunMessageType.BindingResponse, Transaction);
        bool classic = Transaction.IsClassic;
        if (!classic)
        {
            writer.AddAddress(StunAttributeType.XorMappedAddress, Mapped, Transaction.Value);
        }

        if (classic || !Other.IsNone)
        {
            writer.AddAddress(StunAttributeType.MappedAddress, Mapped);
        }

        writer.AddAddress(classic ? StunAttributeType.SourceAddress : StunAttributeType.ResponseOrigin, Origin);
        writer.AddAddress(classic ? StunAttributeType.ChangedAddress : StunAttributeType.OtherAddress, Other);
        return writer.End(HasFingerprint);
    }

    /// <summary>Reads an answer; the caller compares the transaction with its own.</summary>
    /// <returns>False if it is another message, has a malformed or no mapped address, or an attribute that must be known and is not.</returns>
    public static bool TryRead(in StunMessage message, out StunResponse response)
    {
        response = default;
        Endpoint plain = default, combined = default, origin = default, other = default;
        foreach (StunAttribute attribute in message.Attributes)
        {
            bool good = attribute.Type switch
            {
                StunAttributeType.XorMappedAddress => StunAddress.TryRead(attribute.Value, message.Transaction.Value, out combined),
                StunAttributeType.MappedAddress => StunAddress.TryRead(attribute.Value, 0, out plain),
                StunAttributeType.ResponseOrigin or StunAttributeType.SourceAddress => StunAddress.TryRead(attribute.Value, 0, out origin),
                StunAttributeType.OtherAddress or StunAttributeType.ChangedAddress => StunAddress.TryRead(attribute.Value, 0, out other),
                _ => !attribute.Type.IsRequired() || attribute.Type.IsBasic(),
            };
            if (!good)
            {
                return false;
            }
        }

        Endpoint mapped = combined.IsNone ? plain : combined;
        response = new StunResponse(message.Transaction, mapped) { Origin = origin, Other = other, HasFingerprint = message.HasFingerprint };
        return message.Type == StunMessageType.BindingResponse && !mapped.IsNone;
    }
}
