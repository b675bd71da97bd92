using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.Security;

namespace NTMobile.Servers.Tests;

/// <summary>Random bytes that repeat exactly from run to run.</summary>
internal sealed class SeededRandom(int seed) : IRandom
{
    private long _count;

    public void Fill(Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[12];
        Span<byte> hash = stackalloc byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(block, seed);
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteInt64LittleEndian(block[4..], _count++);
            SHA256.HashData(block, hash);
            int length = Math.Min(hash.Length, destination.Length);
            hash[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }
}
