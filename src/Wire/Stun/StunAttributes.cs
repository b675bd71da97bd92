using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>One attribute; its value is borrowed from the datagram.</summary>
public readonly ref struct StunAttribute
{
    /// <summary>Bytes before the value.</summary>
    internal const int HeaderSize = 4;

    internal StunAttribute(ReadOnlySpan<byte> rest)
    {
        Type = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(rest);
        Value = rest.Slice(HeaderSize, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
    }

    /// <summary>What it is; any number.</summary>
    public StunAttributeType Type { get; }

    /// <summary>Its value, without the bytes behind it.</summary>
    public ReadOnlySpan<byte> Value { get; }
}

/// <summary>The attributes of a message for <c>foreach</c>. Those behind a MESSAGE-INTEGRITY do not count (RFC 8489 §14.5).</summary>
public ref struct StunAttributes
{
    private const int Alignment = 4;

    private ReadOnlySpan<byte> _rest; // of it the attribute that Current gives has been taken

    internal StunAttributes(ReadOnlySpan<byte> whole) => _rest = whole;

    /// <summary>The attribute to which <see cref="MoveNext"/> went.</summary>
    public StunAttribute Current { get; private set; }

    /// <summary>Starts at the first attribute.</summary>
    public readonly StunAttributes GetEnumerator() => this;

    /// <summary>Goes to the next attribute.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Current = new StunAttribute(_rest);
        bool isIntegrity = Current.Type is StunAttributeType.MessageIntegrity or StunAttributeType.MessageIntegritySha256;
        _rest = isIntegrity ? [] : _rest[SizeOf(Current.Value.Length)..];
        return true;
    }

    /// <summary>Whether attributes fill a message exactly.</summary>
    /// <param name="attributes">The bytes behind the header.</param>
    /// <param name="hasFingerprint">Whether the last one is a FINGERPRINT.</param>
    internal static bool AreWhole(ReadOnlySpan<byte> attributes, out bool hasFingerprint)
    {
        hasFingerprint = false;
        while (!attributes.IsEmpty)
        {
            if (hasFingerprint || attributes.Length < StunAttribute.HeaderSize)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]);
            hasFingerprint = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(attributes) == StunAttributeType.Fingerprint;
            if (SizeOf(length) > attributes.Length || (hasFingerprint && length != StunFingerprint.ValueSize))
            {
                return false;
            }

            attributes = attributes[SizeOf(length)..];
        }

        return true;
    }

    /// <summary>Bytes of an attribute with a value of some length.</summary>
    internal static int SizeOf(int valueLength) => StunAttribute.HeaderSize + ((valueLength + Alignment - 1) / Alignment * Alignment);
}
