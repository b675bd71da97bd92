using System.Buffers.Binary;

namespace NTMobile.Security.Tests;

/// <summary>A fast repeatable stream of numbers (SplitMix64), for tests that need millions of them.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        var z = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to one below the limit; limits here are far below 2³².</summary>
    public int Below(int limit) => (int)((Next() >> 32) * (ulong)limit >> 32);

    public void Fill(Span<byte> bytes)
    {
        Span<byte> last = stackalloc byte[8];
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
        }

        BinaryPrimitives.WriteUInt64LittleEndian(last, Next());
        last[..bytes.Length].CopyTo(bytes);
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
