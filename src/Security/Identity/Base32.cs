namespace NTMobile.Security.Identity;

/// <summary>Base 32 of RFC 4648 §6 in lower case and without padding: how keys and groups are shown to people.</summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The text of some bytes; a last incomplete group of five bits is filled up with zeros.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[((bytes.Length * 8) + 4) / 5];
        for (int i = 0; i < text.Length; i++)
        {
            int bit = i * 5;
            int pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }

    /// <summary>The same in groups of four, with hyphens between.</summary>
    public static string EncodeInGroups(ReadOnlySpan<byte> bytes) =>
        string.Join('-', Encode(bytes).Chunk(4).Select(group => new string(group)));
}
