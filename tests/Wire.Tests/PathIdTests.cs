using CsCheck;

namespace NTMobile.Wire.Tests;

public sealed class PathIdTests
{
    [Fact]
    public void Path_and_epoch_share_24_bits()
    {
        var id = PathId.Of(0x3FFFFF, 2);

        Assert.Equal(0xFFFFFEu, id.Value);
        Assert.Equal(0x3FFFFF, id.Path);
        Assert.Equal(2, id.Epoch);
        Assert.Equal("3fffff/2", id.ToString());
    }

    [Fact]
    public void The_epoch_is_taken_modulo_4()
    {
        Assert.Equal(PathId.Of(5, 1), PathId.Of(5, 5));
        Assert.Equal(PathId.Of(5, 3), PathId.Of(5).WithEpoch(255));
    }

    [Fact]
    public void A_relay_swaps_the_path_and_leaves_the_epoch() =>
        Assert.Equal(PathId.Of(9, 3), PathId.Of(5, 3).WithPathOf(PathId.Of(9, 1)));

    [Fact]
    public void None_is_a_path_of_zero_whatever_the_epoch()
    {
        Assert.True(PathId.None.IsNone);
        Assert.True(PathId.Of(0, 3).IsNone);
        Assert.False(PathId.Of(1).IsNone);
    }

    [Fact]
    public void A_random_id_has_epoch_0_and_uses_all_22_bits()
    {
        Assert.Equal(PathId.Of(0x3FFFFF), PathId.FromRandom(uint.MaxValue));
        Assert.True(PathId.FromRandom(0).IsNone);
    }

    [Theory]
    [InlineData(PathId.PathCount)]
    [InlineData(-1)]
    public void A_path_of_more_than_22_bits_is_our_own_mistake(int path) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PathId.Of(path));

    [Fact]
    public void Every_id_is_read_as_it_was_written() => Gen.Select(Gen.Int[0, PathId.PathCount - 1], Gen.Int[0, 3]).Sample((path, epoch) =>
    {
        var bytes = new byte[PathId.Size];
        PathId.Of(path, epoch).Write(bytes);
        Assert.Equal(PathId.Of(path, epoch), PathId.Read(bytes));
    });
}
