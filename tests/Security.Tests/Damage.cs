namespace NTMobile.Security.Tests;

/// <summary>What a structure that is checked must survive.</summary>
internal static class Damage
{
    /// <summary>Every truncation, every flipped bit and one byte too many.</summary>
    public static IEnumerable<byte[]> Of(byte[] whole)
    {
        for (int length = 0; length < whole.Length; length++)
        {
            yield return whole[..length];
        }

        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }

        yield return [.. whole, 0];
    }
}
