using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>The three bytes before the inner IPv4 header in a DataFull datagram (protocol.md §1.3).</summary>
/// <remarks>
/// <code>
///  0        1               3
///  +--------+---------------+---------------------------------------------------------+
///  | flags  | context (2)   | IPv4 header, its addresses and checksum zero; payload … |
///  +--------+---------------+---------------------------------------------------------+
///  flags: bit 2 checksum is partial, others zero (ECN stands in the IPv4 header)
/// </code>
/// </remarks>
/// <param name="Context">Which two devices.</param>
/// <param name="ChecksumPartial">The transport checksum has no meaning; the receiver lets its kernel compute it.</param>
public readonly record struct DataFullHeader(ushort Context, bool ChecksumPartial)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = 3;

    private const int ShortestIpv4Header = 20;

    /// <summary>Reads the header from the opened content of a DataFull datagram. The IPv4 header behind it is not looked at.</summary>
    /// <returns>False if the content is too short for an IPv4 header, or an unknown flag is set.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> content, out DataFullHeader header)
    {
        if (content.Length < Size + ShortestIpv4Header || (content[0] & ~DataHeader.PartialFlag) != 0)
        {
            header = default;
            return false;
        }

        header = new DataFullHeader(BinaryPrimitives.ReadUInt16BigEndian(content[DataHeader.ContextAt..]), content[0] != 0);
        return true;
    }

    /// <summary>Writes the header to the beginning of the content.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> content)
    {
        BinaryPrimitives.WriteUInt16BigEndian(content[DataHeader.ContextAt..], Context);
        content[0] = ChecksumPartial ? DataHeader.PartialFlag : (byte)0;
    }
}
