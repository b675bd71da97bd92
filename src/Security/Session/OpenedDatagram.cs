namespace NTMobile.Security.Session;

/// <summary>What a sealed datagram turned out to be; its plaintext stands in the datagram itself.</summary>
/// <param name="Type">Byte 0.</param>
/// <param name="PathId">The 22 bits of the path, not authenticated.</param>
/// <param name="Epoch">The key epoch modulo 256.</param>
/// <param name="Counter">The sender's counter, all 64 bits.</param>
/// <param name="Offset">Where in the datagram the plaintext begins.</param>
/// <param name="Length">Bytes of plaintext.</param>
public readonly record struct OpenedDatagram(byte Type, uint PathId, byte Epoch, ulong Counter, int Offset, int Length);

/// <summary>Why a sealed datagram was refused.</summary>
public enum OpenFailure
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Shorter than header and tag.</summary>
    Truncated,

    /// <summary>Its two epoch bits name no keys that we have.</summary>
    UnknownEpoch,

    /// <summary>Its counter was seen before or is too old to know.</summary>
    Replayed,

    /// <summary>The tag does not fit.</summary>
    Forged,
}
