using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>What every datagram begins with (protocol.md §1).</summary>
/// <remarks>
/// <code>
///  0        1               4
///  +--------+---------------+--
///  | type   | path id (3)   | …
///  +--------+---------------+--
/// </code>
/// </remarks>
/// <param name="Type">What the datagram is.</param>
/// <param name="PathId">Session and path, or none.</param>
public readonly record struct DatagramHeader(DatagramType Type, PathId PathId)
{
    /// <summary>Bytes that it takes.</summary>
    public const int Size = PathIdAt + Wire.PathId.Size;

    /// <summary>Longest datagram to a path whose size is not known yet.</summary>
    public const int UnknownPathLimit = 512;

    /// <summary>Offset of the path id.</summary>
    public const int PathIdAt = 1;

    // STUN's first byte begins with two zero bits and has, by its message types in use, no more than these values (RFC 8489 §5).
    private const byte HighestStunByte = 0x03;

    /// <summary>Whether a datagram is for STUN.</summary>
    public static bool IsStun(ReadOnlySpan<byte> datagram) => datagram is [<= HighestStunByte, ..];

    /// <summary>Reads type and path id.</summary>
    /// <returns>False if the datagram is shorter than that, or of an unknown type.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> datagram, out DatagramHeader header)
    {
        if (datagram.Length < Size || !IsKnown(datagram[0]))
        {
            header = default;
            return false;
        }

        header = new DatagramHeader((DatagramType)datagram[0], PathId.Read(datagram[PathIdAt..]));
        return true;
    }

    /// <summary>Gives a datagram another path id, as a relay does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WritePathId(Span<byte> datagram, PathId pathId) => pathId.Write(datagram[PathIdAt..]);

    /// <summary>Writes type and path id to the beginning of a datagram.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> datagram)
    {
        WritePathId(datagram, PathId);
        datagram[0] = (byte)Type;
    }

    private static bool IsKnown(byte type) =>
        SealedDatagram.IsSealed((DatagramType)type) || (DatagramType)type is DatagramType.HandshakeInit or DatagramType.HandshakeResponse or DatagramType.Punch;
}
