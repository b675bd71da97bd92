using System.Security.Cryptography;

namespace NTMobile.Lab;

/// <summary>Files to download.</summary>
public static class BigFile
{
    private const int Chunk = 1 << 20;

    /// <summary>Writes <paramref name="length"/> random bytes, which nothing can compress, and returns their SHA-256 in hex.</summary>
    public static async Task<string> WriteRandomAsync(string path, long length)
    {
        byte[] chunk = new byte[Chunk];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream file = File.Create(path);
        for (long left = length; left > 0; left -= Chunk)
        {
            Memory<byte> part = chunk.AsMemory(0, (int)Math.Min(left, Chunk));
            RandomNumberGenerator.Fill(part.Span);
            hash.AppendData(part.Span);
            await file.WriteAsync(part).ConfigureAwait(false);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The SHA-256 of a file in hex.</summary>
    public static async Task<string> Sha256Async(string path)
    {
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file).ConfigureAwait(false));
    }
}
