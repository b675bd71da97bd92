using System.Globalization;
using System.Runtime.CompilerServices;

namespace NTMobile.Wire;

/// <summary>Names one path of one session towards the receiver of a datagram, and the key under which it is sealed (protocol.md §1.1).</summary>
/// <remarks>
/// <code>
///  bit 23                                    2   1 0
///     +---------------------------------------+-----+
///     | path: 22 bits chosen by the receiver  |epoch|
///     +---------------------------------------+-----+
/// </code>
/// It is not authenticated: a relay swaps the upper 22 bits. A path of zero means none.
/// </remarks>
public readonly record struct PathId
{
    /// <summary>Bytes that it takes in a datagram.</summary>
    public const int Size = 3;

    /// <summary>How many paths there are: one more than the highest <see cref="Path"/>.</summary>
    public const int PathCount = 1 << 22;

    /// <summary>The lowest bits: the key epoch.</summary>
    public const int EpochBits = 2;

    private const uint EpochMask = (1 << EpochBits) - 1;

    private PathId(uint value) => Value = value;

    /// <summary>No path.</summary>
    public static PathId None => default;

    /// <summary>All 24 bits.</summary>
    public uint Value { get; }

    /// <summary>The upper 22 bits: an index chosen by the receiver.</summary>
    public int Path => (int)(Value >> EpochBits);

    /// <summary>The key epoch modulo 4.</summary>
    public int Epoch => (int)(Value & EpochMask);

    /// <summary>Whether it names no path, whatever the epoch.</summary>
    public bool IsNone => Value <= EpochMask;

    /// <summary>Makes a path id.</summary>
    /// <param name="path">0 to <see cref="PathCount"/> − 1; zero is none.</param>
    /// <param name="epoch">Key epoch, taken modulo 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">The path has more than 22 bits.</exception>
    public static PathId Of(int path, int epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)path, (uint)PathCount, nameof(path));
        return new PathId(((uint)path << EpochBits) | ((uint)epoch & EpochMask));
    }

    /// <summary>A path id of epoch 0 out of 32 random bits. It may be none, or taken already: the caller then draws again.</summary>
    public static PathId FromRandom(uint random) => new((random >> 8) & ~EpochMask);

    /// <summary>The same path under another epoch, taken modulo 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PathId WithEpoch(int epoch) => new((Value & ~EpochMask) | ((uint)epoch & EpochMask));

    /// <summary>The path of another id under this epoch: what a relay does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PathId WithPathOf(PathId other) => new((other.Value & ~EpochMask) | (Value & EpochMask));

    /// <summary>Reads the first three bytes.</summary>
    /// <exception cref="IndexOutOfRangeException">There are fewer; the caller has checked the length.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PathId Read(ReadOnlySpan<byte> source) => new(((uint)source[0] << 16) | ((uint)source[1] << 8) | source[2]);

    /// <summary>Writes the first three bytes.</summary>
    /// <exception cref="IndexOutOfRangeException">There are fewer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> destination)
    {
        destination[2] = (byte)Value;
        destination[1] = (byte)(Value >> 8);
        destination[0] = (byte)(Value >> 16);
    }

    /// <summary>Path in hexadecimal and epoch, for logs: <c>2a0f31/1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path:x6}/{Epoch}");
}
