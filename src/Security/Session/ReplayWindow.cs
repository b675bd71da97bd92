namespace NTMobile.Security.Session;

/// <summary>Which counters have been received: those not older than <see cref="Width"/> below the highest are remembered one
/// by one. The order is: <see cref="Expand"/>, <see cref="Check"/>, open the packet, <see cref="Commit"/>.</summary>
/// <remarks>Written by one thread, the one that receives. After RFC 6479: a ring of 64-bit words in which whole words are cleared
/// when the window moves on.</remarks>
public sealed class ReplayWindow
{
    /// <summary>Counters remembered at least, below and with the highest.</summary>
    public const int Width = 8192;

    private const int Ring = 256; // words, a power of two above Width / 64
    private const int RingMask = Ring - 1;

    private readonly ulong[] _seen = new ulong[Ring];
    private ulong _highest;
    private bool _any;

    /// <summary>The highest counter committed; 0 before the first.</summary>
    public ulong Highest => _highest;

    /// <summary>The full counter whose low 32 bits are <paramref name="low"/> and which is nearest to the highest one committed.</summary>
    public ulong Expand(uint low)
    {
        const ulong Half = 1UL << 31;
        const ulong Whole = 1UL << 32;
        ulong candidate = (_highest & ~(Whole - 1)) | low;
        if (candidate > _highest && candidate - _highest > Half && candidate >= Whole)
        {
            return candidate - Whole;
        }

        return candidate < _highest && _highest - candidate >= Half && candidate <= ulong.MaxValue - Whole ? candidate + Whole : candidate;
    }

    /// <summary>True when <paramref name="counter"/> is neither seen nor too old to know.</summary>
    public bool Check(ulong counter)
    {
        if (!_any || counter > _highest)
        {
            return true;
        }

        return _highest - counter < Width && (_seen[Word(counter)] & Bit(counter)) == 0;
    }

    /// <summary>Remembers a counter that passed <see cref="Check"/> and whose packet proved true.</summary>
    public void Commit(ulong counter)
    {
        if (!_any || counter > _highest)
        {
            MoveTo(counter);
        }

        _seen[Word(counter)] |= Bit(counter);
    }

    private void MoveTo(ulong counter)
    {
        ulong from = _any ? _highest >> 6 : 0;
        ulong steps = (counter >> 6) - from;
        if (steps >= Ring)
        {
            Array.Clear(_seen);
        }
        else
        {
            for (ulong word = from + 1; word <= from + steps; word++)
            {
                _seen[word & RingMask] = 0;
            }
        }

        _highest = counter;
        _any = true;
    }

    private static int Word(ulong counter) => (int)((counter >> 6) & RingMask);

    private static ulong Bit(ulong counter) => 1UL << (int)(counter & 63);
}
