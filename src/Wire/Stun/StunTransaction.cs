using System.Buffers.Binary;

namespace NTMobile.Wire.Stun;

/// <summary>Bytes 4–19 of a message, which the answer repeats: the magic cookie and 96 random bits; of RFC 3489's askers 128 random bits.</summary>
/// <param name="Value">The 16 bytes, the first one highest.</param>
public readonly record struct StunTransaction(UInt128 Value)
{
    /// <summary>Bytes that the asker chooses at random.</summary>
    public const int RandomSize = 12;

    private const uint MagicCookie = 0x2112A442;
    private const int RandomBits = RandomSize * 8;

    /// <summary>Whether the asker speaks RFC 3489 alone: it sends no magic cookie and reads no XOR-MAPPED-ADDRESS.</summary>
    public bool IsClassic => (uint)(Value >> RandomBits) != MagicCookie;

    /// <summary>A new transaction.</summary>
    /// <param name="random"><see cref="RandomSize"/> bytes that nobody else can guess: an answer is believed by them alone.</param>
    public static StunTransaction Create(ReadOnlySpan<byte> random)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, MagicCookie);
        random[..RandomSize].CopyTo(bytes[(bytes.Length - RandomSize)..]);
        return new StunTransaction(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
