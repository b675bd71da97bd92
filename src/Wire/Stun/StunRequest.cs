using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>A binding request (RFC 8489 §3) with what a discovery of NAT behaviour adds (RFC 5780 §7).</summary>
/// <remarks>
/// <code>
///  0                 20
///  +-----------------+---------------------+--------------------+-------------+
///  | header, 0x0001  | CHANGE-REQUEST (8)  | RESPONSE-PORT (8)  | FINGERPRINT |
///  +-----------------+---------------------+--------------------+-------------+
///  CHANGE-REQUEST: 4 bytes, bit 2 another address, bit 1 another port      RESPONSE-PORT: port (2), two zero bytes
/// </code>
/// All attributes may be missing, and others may be there.
/// </remarks>
/// <param name="Transaction">By what the answer is known.</param>
public readonly record struct StunRequest(StunTransaction Transaction)
{
    /// <summary>Most bytes that <see cref="Write"/> writes.</summary>
    public const int MaximumSize = StunMessage.HeaderSize + (2 * NumberSize) + StunFingerprint.Size;

    private const int NumberSize = StunAttribute.HeaderSize + sizeof(uint);
    private const uint ChangeAddressFlag = 1 << 2;
    private const uint ChangePortFlag = 1 << 1;
    private const int PortShift = 16;

    /// <summary>The answer is to come from the server's other address.</summary>
    public bool ChangeAddress { get; init; }

    /// <summary>The answer is to come from the server's other port.</summary>
    public bool ChangePort { get; init; }

    /// <summary>To which port of the asker the answer is to go; zero: to the one that asked.</summary>
    public ushort ResponsePort { get; init; }

    /// <summary>Whether the request carries a FINGERPRINT, and the answer is to carry one.</summary>
    public bool HasFingerprint { get; init; }

    /// <summary>Writes the request.</summary>
    /// <param name="datagram">Room of <see cref="MaximumSize"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> datagram)
    {
        var writer = new StunWriter(datagram, StunMessageType.BindingRequest, Transaction);
        if (ChangeAddress || ChangePort)
        {
            writer.AddNumber(StunAttributeType.ChangeRequest, (ChangeAddress ? ChangeAddressFlag : 0) | (ChangePort ? ChangePortFlag : 0));
        }

        if (ResponsePort != 0)
        {
            writer.AddNumber(StunAttributeType.ResponsePort, (uint)ResponsePort << PortShift);
        }

        return writer.End(HasFingerprint);
    }

    /// <summary>Reads a request. What it does not know it passes over: <see cref="StunMessage.Attributes"/> tells the server.</summary>
    /// <returns>False if it is another message, or one of the attributes above is malformed.</returns>
    public static bool TryRead(in StunMessage message, out StunRequest request)
    {
        request = new StunRequest(message.Transaction) { HasFingerprint = message.HasFingerprint };
        foreach (StunAttribute attribute in message.Attributes)
        {
            if (attribute.Type is not (StunAttributeType.ChangeRequest or StunAttributeType.ResponsePort))
            {
                continue;
            }

            if (attribute.Value.Length != sizeof(uint))
            {
                return false;
            }

            uint value = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
            if (attribute.Type == StunAttributeType.ChangeRequest)
            {
                request = request with { ChangeAddress = (value & ChangeAddressFlag) != 0, ChangePort = (value & ChangePortFlag) != 0 };
            }
            else if (value >> PortShift != 0)
            {
                request = request with { ResponsePort = (ushort)(value >> PortShift) };
            }
            else
            {
                return false; // nobody can send to port zero
            }
        }

        return message.Type == StunMessageType.BindingRequest;
    }
}
