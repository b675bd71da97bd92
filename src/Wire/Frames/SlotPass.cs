using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NTMobile.Wire.Frames;

/// <summary>The DS's permission to join one leg of a relay's slot.</summary>
/// <remarks>
/// <code>
///  0            4          12      13           21           37
///  +------------+----------+-------+------------+------------+
///  | key id (4) | slot (8) | leg   | expiry (8) | token (16) |
///  +------------+----------+-------+------------+------------+
///  token = first 16 bytes of HMAC-SHA256(RelayKey, "NTM1 slot" ‖ slot ‖ leg ‖ expiry)
/// </code>
/// </remarks>
/// <param name="KeyId">Which RelayKey made the token.</param>
/// <param name="Slot">The slot: two legs with the same number are joined.</param>
/// <param name="Leg">0 or 1.</param>
/// <param name="Expiry">Seconds of the DS's clock.</param>
/// <param name="Token">Proof that the DS gave the pass.</param>
public readonly record struct SlotPass(uint KeyId, ulong Slot, byte Leg, ulong Expiry, UInt128 Token)
{
    /// <summary>Bytes that a pass takes.</summary>
    public const int Size = 4 + 8 + 1 + 8 + TokenSize;

    private const int TokenSize = 16;
    private const byte HighestLeg = 1;

    private static ReadOnlySpan<byte> Prefix => "NTM1 slot"u8;

    /// <summary>Makes a pass.</summary>
    /// <param name="relayKey">The key that the DS gave to the relay.</param>
    /// <param name="keyId">That key's number.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="leg">0 or 1.</param>
    /// <param name="expiry">Seconds of the DS's clock.</param>
    public static SlotPass Compute(ReadOnlySpan<byte> relayKey, uint keyId, ulong slot, byte leg, ulong expiry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leg, HighestLeg);
        var pass = new SlotPass(keyId, slot, leg, expiry, default);
        return pass with { Token = pass.ComputeToken(relayKey) };
    }

    /// <summary>Whether the token was made with <paramref name="relayKey"/>. The expiry is the caller's to check.</summary>
    public bool Verify(ReadOnlySpan<byte> relayKey)
    {
        Span<byte> own = stackalloc byte[TokenSize];
        Span<byte> given = stackalloc byte[TokenSize];
        BinaryPrimitives.WriteUInt128BigEndian(own, ComputeToken(relayKey));
        BinaryPrimitives.WriteUInt128BigEndian(given, Token);
        return CryptographicOperations.FixedTimeEquals(own, given);
    }

    internal static SpanReader Read(SpanReader reader, out SlotPass pass)
    {
        var next = reader.UInt32(out var keyId).UInt64(out var slot).Byte(out var leg, 0, HighestLeg).UInt64(out var expiry).UInt128(out var token);
        pass = new SlotPass(keyId, slot, leg, expiry, token);
        return next;
    }

    internal SpanWriter Write(SpanWriter writer) =>
        writer.UInt32(KeyId).UInt64(Slot).Byte(Leg, 0, HighestLeg).UInt64(Expiry).UInt128(Token);

    private UInt128 ComputeToken(ReadOnlySpan<byte> relayKey)
    {
        Span<byte> signed = stackalloc byte[Prefix.Length + 8 + 1 + 8];
        new SpanWriter(signed).Bytes(Prefix).UInt64(Slot).Byte(Leg).UInt64(Expiry).End();
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(relayKey, signed, mac);
        return BinaryPrimitives.ReadUInt128BigEndian(mac);
    }
}
