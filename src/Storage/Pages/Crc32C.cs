using System.Buffers.Binary;
using System.Numerics;

namespace NTMobile.Storage.Pages;

/// <summary>CRC-32C (RFC 3720 appendix B.4). It finds accidents, not attackers: who can write the file owns the machine.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>; zero bytes do not have the checksum zero.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
