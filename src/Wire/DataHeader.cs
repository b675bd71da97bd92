using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>The five bytes that stand for the inner IPv4 header in a Data datagram (protocol.md §1.3).</summary>
/// <remarks>
/// <code>
///  0        1               3          4       5
///  +--------+---------------+----------+-------+----------------------------+
///  | flags  | context (2)   | protocol | TTL   | TCP, UDP, ICMP … to the end |
///  +--------+---------------+----------+-------+----------------------------+
///  flags: bits 0–1 ECN of the inner header, bit 2 checksum is partial, bit 3 the packet may be fragmented (DF is not set), others zero
/// </code>
/// </remarks>
/// <param name="Context">Which two devices.</param>
/// <param name="Protocol">Protocol of the inner header.</param>
/// <param name="TimeToLive">TTL of the inner header, as it left the sender's router.</param>
/// <param name="Ecn">ECN of the inner header; only the two lowest bits are sent, so its whole TOS byte may be given.</param>
/// <param name="ChecksumPartial">The transport checksum has no meaning; the receiver lets its kernel compute it.</param>
/// <param name="MayFragment">DF is not set, so the receiver chooses an identification (as a translator does, RFC 7915 §5.1).</param>
public readonly record struct DataHeader(
    ushort Context, byte Protocol, byte TimeToLive, byte Ecn, bool ChecksumPartial, bool MayFragment = false)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = 5;

    internal const byte EcnMask = 0x03;
    internal const byte PartialFlag = 0x04;
    private const byte MayFragmentFlag = 0x08;
    internal const int ContextAt = 1;
    private const int ProtocolAt = 3;
    private const int TimeToLiveAt = 4;

    /// <summary>Reads the header from the opened content of a Data datagram.</summary>
    /// <returns>False if the content is too short, or an unknown flag is set.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> content, out DataHeader header)
    {
        if (content.Length < Size || content[0] > (EcnMask | PartialFlag | MayFragmentFlag))
        {
            header = default;
            return false;
        }

        header = new DataHeader(
            BinaryPrimitives.ReadUInt16BigEndian(content[ContextAt..]),
            content[ProtocolAt],
            content[TimeToLiveAt],
            (byte)(content[0] & EcnMask),
            (content[0] & PartialFlag) != 0,
            (content[0] & MayFragmentFlag) != 0);
        return true;
    }

    /// <summary>Writes the header to the beginning of the content.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> content)
    {
        content[TimeToLiveAt] = TimeToLive;
        content[ProtocolAt] = Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(content[ContextAt..], Context);
        content[0] = (byte)((Ecn & EcnMask) | (ChecksumPartial ? PartialFlag : 0) | (MayFragment ? MayFragmentFlag : 0));
    }
}
