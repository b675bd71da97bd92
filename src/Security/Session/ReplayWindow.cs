using System.Runtime.CompilerServices;

namespace NTMobile.Security.Session;

/// <summary>Which counters have been received: those not older than <see cref="Width"/> below the highest are remembered one
/// by one. The order is: <see cref="Expand"/>, <see cref="Check"/>, open the packet, <see cref="Commit"/>.</summary>
/// <remarks>Written by one thread, the one that receives. A ring of bits, as in RFC 6479, but exactly as wide as the window: single bits
/// are cleared when it moves on.</remarks>
public sealed class ReplayWindow
{
    /// <summary>Counters remembered at least, below and with the highest.</summary>
    public const int Width = 8192;

    private const int Words = Width / 64;

    private Bits _seen;
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

    // Of the counters between the former highest and the new one none has been seen.
    private void MoveTo(ulong counter)
    {
        if (counter - _highest >= Width)
        {
            ((Span<ulong>)_seen).Clear();
        }
        else
        {
            Forget(_highest + 1, counter);
        }

        _highest = counter;
        _any = true;
    }

    private void Forget(ulong first, ulong last)
    {
        ulong fromFirst = ~0UL << (int)(first & 63);
        ulong toLast = ~0UL >> (int)(~last & 63);
        if (first >> 6 == last >> 6)
        {
            _seen[Word(first)] &= ~(fromFirst & toLast);
            return;
        }

        _seen[Word(first)] &= ~fromFirst;
        for (ulong word = (first >> 6) + 1; word < last >> 6; word++)
        {
            _seen[(int)(word % Words)] = 0;
        }

        _seen[Word(last)] &= ~toLast;
    }

    private static int Word(ulong counter) => (int)((counter >> 6) % Words);

    private static ulong Bit(ulong counter) => 1UL << (int)(counter & 63);

    // One bit for each counter of the window, at its remainder.
    [InlineArray(Words)]
    private struct Bits
    {
        private ulong _first;
    }
}
