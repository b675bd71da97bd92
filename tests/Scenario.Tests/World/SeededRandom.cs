using System.Buffers.Binary;
using NTMobile.Security;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Random bytes that repeat exactly from run to run (SplitMix64).</summary>
internal sealed class SeededRandom(ulong seed) : IRandom
{
    private ulong _state = seed * 0x9E37_79B9_7F4A_7C15 + 1;

    public void Fill(Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[8];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(block, Next());
            var length = Math.Min(block.Length, destination.Length);
            block[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }

    public ulong Next()
    {
        var z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Whether something of this probability happens.</summary>
    public bool Happens(double probability) => probability > 0 && Next() / (double)ulong.MaxValue < probability;

    /// <summary>A generator of its own for one party.</summary>
    public SeededRandom Split() => new(Next());
}
