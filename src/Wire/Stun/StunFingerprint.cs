using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>FINGERPRINT (RFC 8489 §14.7): CRC-32 over the message before the attribute, combined with the letters "STUN".</summary>
internal static class StunFingerprint
{
    /// <summary>Bytes of the whole attribute.</summary>
    public const int Size = 8;

    /// <summary>Bytes of its value.</summary>
    public const int ValueSize = 4;

    private const uint Letters = 0x5354554E;
    private const uint Polynomial = 0xEDB88320; // of ITU V.42 and Ethernet, its bits reversed

    private static readonly uint[] Table = MakeTable();

    /// <summary>The value for a message whose header already counts the attribute.</summary>
    /// <param name="before">Everything before the attribute.</param>
    public static uint Of(ReadOnlySpan<byte> before)
    {
        uint crc = uint.MaxValue;
        foreach (byte next in before)
        {
            crc = Table[(byte)(crc ^ next)] ^ (crc >> 8);
        }

        return ~crc ^ Letters;
    }

    /// <summary>Whether the value at the end of a message is right.</summary>
    /// <param name="message">A message that ends with the attribute.</param>
    public static bool IsRight(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt32BigEndian(message[^ValueSize..]) == Of(message[..^Size]);

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            table[i] = crc;
        }

        return table;
    }
}
