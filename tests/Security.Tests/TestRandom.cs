using System.Security.Cryptography;

namespace NTMobile.Security.Tests;

/// <summary>Gives out prepared bytes, then fails.</summary>
internal sealed class PreparedRandom(params byte[][] pieces) : IRandom
{
    private readonly Queue<byte[]> _pieces = new(pieces);

    public void Fill(Span<byte> destination) => _pieces.Dequeue().CopyTo(destination);
}

/// <summary>A repeatable stream of bytes: SHA-256 of seed and number.</summary>
internal sealed class SeededRandom(int seed) : IRandom
{
    private int _blocks;

    public void Fill(Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[32];
        while (destination.Length > 0)
        {
            SHA256.HashData([.. BitConverter.GetBytes(seed), .. BitConverter.GetBytes(_blocks++)], block);
            int length = Math.Min(block.Length, destination.Length);
            block[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }
}
