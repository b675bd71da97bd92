using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>The byte before the whole packet in an Egress datagram (protocol.md §1.7).</summary>
/// <remarks>
/// <code>
///  0        1
///  +--------+---------------------------------------------------------------------+
///  | flags  | packet: IPv4, the device's own address, the ordinary host's address … |
///  |        | or IPv6, the device's public address, the ordinary host's address …   |
///  +--------+---------------------------------------------------------------------+
///  flags: bit 2 checksum is partial, others zero
/// </code>
/// </remarks>
/// <param name="ChecksumPartial">The transport checksum has no meaning; the receiver lets its kernel compute it.</param>
public readonly record struct EgressHeader(bool ChecksumPartial)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = 1;

    private const int ShortestIpv4Header = 20;

    /// <summary>Reads the header from the opened content of an Egress datagram. The packet behind it is not looked at.</summary>
    /// <returns>False if the content is too short for an IP header, or an unknown flag is set.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> content, out EgressHeader header)
    {
        if (content.Length < Size + ShortestIpv4Header || (content[0] & ~DataHeader.PartialFlag) != 0)
        {
            header = default;
            return false;
        }

        header = new EgressHeader(content[0] != 0);
        return true;
    }

    /// <summary>Writes the header to the beginning of the content.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> content) => content[0] = ChecksumPartial ? DataHeader.PartialFlag : (byte)0;
}
