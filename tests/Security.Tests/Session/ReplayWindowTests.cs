using CsCheck;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

public sealed class ReplayWindowTests
{
    // Steps that stay near, leap about the window's width, and leap far.
    private static readonly Gen<(int Kind, ulong Size)[]> Walk = Gen.Select(
        Gen.Int[0, 9], Gen.ULong[0, 20_000]).Array[1, 400];

    [Fact]
    public void Agrees_with_a_list_of_everything_seen() => Walk.Sample(steps =>
    {
        var window = new ReplayWindow();
        var seen = new HashSet<ulong>();
        ulong at = 0;
        foreach ((int kind, ulong size) in steps)
        {
            at = Next(at, kind, size);
            ulong highest = seen.Count == 0 ? 0 : seen.Max();
            bool expected = !seen.Contains(at) && (at > highest || highest - at < ReplayWindow.Width);
            if (window.Check(at) != expected)
            {
                return false;
            }

            if (expected)
            {
                window.Commit(at);
                seen.Add(at);
            }
        }

        return window.Highest == (seen.Count == 0 ? 0 : seen.Max());
    });

    [Fact]
    public void Expands_to_the_nearest_counter() => Gen.Select(Gen.ULong[0, 1UL << 40], Gen.Long[-(1L << 31), (1L << 31) - 1]).Sample((highest, delta) =>
    {
        var window = new ReplayWindow();
        window.Commit(highest);
        ulong counter = unchecked(highest + (ulong)delta);
        return counter > ulong.MaxValue / 2 || window.Expand((uint)counter) == counter; // negative: no such counter
    });

    [Fact]
    public void Expands_without_leaving_64_bits()
    {
        var window = new ReplayWindow();
        Assert.Equal(0xFFFF_FFFFUL, window.Expand(0xFFFF_FFFF));
        window.Commit(ulong.MaxValue - 5);
        Assert.Equal(ulong.MaxValue, window.Expand(0xFFFF_FFFF));
        Assert.Equal(0xFFFF_FFFF_0000_0000, window.Expand(0));
    }

    [Fact]
    public void Zero_is_a_counter_like_any_other()
    {
        var window = new ReplayWindow();
        Assert.True(window.Check(0));
        window.Commit(0);
        Assert.False(window.Check(0));
        Assert.True(window.Check(1));
    }

    [Fact]
    public void Check_alone_changes_nothing()
    {
        var window = new ReplayWindow();
        Assert.True(window.Check(5_000_000));
        Assert.True(window.Check(5_000_000));
        Assert.True(window.Check(3));
    }

    private static ulong Next(ulong at, int kind, ulong size) => kind switch
    {
        < 4 => at + (size % 70),
        < 7 => at - Math.Min(at, size % 130),
        7 => at - Math.Min(at, size),
        8 => at + size,
        _ => at + (size << 20),
    };
}
