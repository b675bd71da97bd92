using System.Buffers.Binary;
using System.Globalization;

namespace NTMobile.Packets;

/// <summary>An Ethernet address.</summary>
/// <param name="Value">Its 48 bits, the first byte highest.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Reads six bytes.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Six bytes in lower-case hexadecimal with colons between them.</summary>
    public override string ToString()
    {
        var hex = Value.ToString("x12", CultureInfo.InvariantCulture);
        return $"{hex[..2]}:{hex[2..4]}:{hex[4..6]}:{hex[6..8]}:{hex[8..10]}:{hex[10..]}";
    }
}
