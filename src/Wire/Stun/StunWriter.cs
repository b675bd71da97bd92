using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Wire.Stun;

/// <summary>Writes one message: the header, attributes one after the other, the end.</summary>
internal ref struct StunWriter
{
    private readonly Span<byte> _message;
    private int _length = StunMessage.AttributesAt;

    /// <summary>Begins a message.</summary>
    /// <param name="message">Room for all of it.</param>
    /// <param name="type">What it is.</param>
    /// <param name="transaction">Its transaction.</param>
    public StunWriter(Span<byte> message, StunMessageType type, StunTransaction transaction)
    {
        _message = message;
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)type);
        BinaryPrimitives.WriteUInt128BigEndian(message[StunMessage.TransactionAt..], transaction.Value);
    }

    /// <summary>Adds an address; one that is none is left out.</summary>
    public void AddAddress(StunAttributeType type, in Endpoint endpoint, UInt128 mask = default)
    {
        if (!endpoint.IsNone)
        {
            StunAddress.Write(Add(type, StunAddress.SizeOf(endpoint)), endpoint, mask);
        }
    }

    /// <summary>Adds a number of four bytes.</summary>
    public void AddNumber(StunAttributeType type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Add(type, sizeof(uint)), value);

    /// <summary>Adds an attribute, zero bytes behind it.</summary>
    /// <returns>Its value, to be written by the caller.</returns>
    public Span<byte> Add(StunAttributeType type, int valueLength)
    {
        Span<byte> attribute = _message.Slice(_length, StunAttributes.SizeOf(valueLength));
        attribute.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)valueLength);
        _length += attribute.Length;
        return attribute.Slice(StunAttribute.HeaderSize, valueLength);
    }

    /// <summary>Ends the message.</summary>
    /// <param name="fingerprint">Whether with a FINGERPRINT.</param>
    /// <returns>Bytes of the whole message.</returns>
    public int End(bool fingerprint)
    {
        int all = _length + (fingerprint ? StunFingerprint.Size : 0);
        BinaryPrimitives.WriteUInt16BigEndian(_message[StunMessage.LengthAt..], (ushort)(all - StunMessage.HeaderSize));
        if (fingerprint)
        {
            uint value = StunFingerprint.Of(_message[.._length]);
            AddNumber(StunAttributeType.Fingerprint, value);
        }

        return all;
    }
}
