using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Security.Channel;

/// <summary>Token buckets per source address prefix, in a table of fixed size: a flood from invented addresses costs no memory.
/// Two prefixes that meet in one place of the table share a bucket for as long as the first one is not full again.
/// Not for use by several threads at once.</summary>
public sealed class SourceRateLimiter
{
    private readonly TimeProvider _time;
    private readonly double _perMillisecond;
    private readonly double _burst;
    private readonly int _ipv4Bits;
    private readonly int _ipv6Bits;
    private readonly ulong _seed;
    private readonly Bucket[] _buckets;

    /// <summary>Creates a limiter whose buckets are full.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="random">Seeds the places of the table, so that nobody outside can choose collisions.</param>
    /// <param name="perSecond">Tokens that come back per second.</param>
    /// <param name="burst">Tokens of a full bucket.</param>
    /// <param name="ipv4Bits">Length of an IPv4 prefix, 1–32.</param>
    /// <param name="ipv6Bits">Length of an IPv6 prefix, 1–128.</param>
    /// <param name="places">Places of the table, a power of two; 24 bytes each.</param>
    public SourceRateLimiter(TimeProvider time, IRandom random, double perSecond, double burst, int ipv4Bits = 32, int ipv6Bits = 64, int places = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(places), true, nameof(places));
        Span<byte> seed = stackalloc byte[8];
        random.Fill(seed);
        _seed = BinaryPrimitives.ReadUInt64LittleEndian(seed) | 1;
        _time = time;
        _perMillisecond = perSecond / 1000;
        _burst = burst;
        _ipv4Bits = ipv4Bits;
        _ipv6Bits = ipv6Bits;
        _buckets = new Bucket[places];
    }

    /// <summary>Takes <paramref name="tokens"/> from the bucket of the source's prefix, or nothing at all.</summary>
    /// <returns>False when the bucket holds fewer.</returns>
    public bool TryTake(in Endpoint source, double tokens = 1)
    {
        long now = _time.Milliseconds();
        ulong key = KeyOf(source);
        ref Bucket bucket = ref _buckets[(int)(key >> 32) & (_buckets.Length - 1)];
        double level = bucket.Key == 0 ? _burst : Math.Min(_burst, bucket.Level + ((now - bucket.At) * _perMillisecond));
        if (bucket.Key != key && level >= _burst)
        {
            bucket.Key = key;
        }

        bucket.At = now;
        bucket.Level = level >= tokens ? level - tokens : level;
        return level >= tokens;
    }

    private ulong KeyOf(in Endpoint source)
    {
        UInt128 prefix = source.IsIpv4 ? source.Address >> (32 - _ipv4Bits) : source.Address >> (128 - _ipv6Bits);
        ulong folded = (ulong)prefix ^ ((ulong)(prefix >> 64) * 0x9E3779B97F4A7C15) ^ (source.IsIpv4 ? 4UL : 6UL << 56);
        folded = (folded ^ _seed) * 0xBF58476D1CE4E5B9;
        folded = (folded ^ (folded >> 31)) * 0x94D049BB133111EB;
        return (folded ^ (folded >> 29) ^ _seed) | 1; // zero is an unused place
    }

    private struct Bucket
    {
        public ulong Key;
        public double Level;
        public long At;
    }
}
