using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Tests.Translation;

public sealed class FlowBookTests
{
    private readonly FlowBook _book = new();

    [Fact]
    public void All_contexts_of_a_pair_have_one_table_and_another_pair_has_its_own()
    {
        var table = _book.Join(1, 2);
        Assert.Same(table, _book.Join(1, 2));
        Assert.NotSame(table, _book.Join(2, 1));
        Assert.Equal(2, _book.Count);
    }

    [Fact]
    public void A_table_goes_with_the_last_of_its_contexts()
    {
        var table = _book.Join(1, 2);
        var (one, other) = (Context(table), Context(_book.Join(1, 2)));
        _book.Leave(one);
        Assert.Same(table, _book.Join(1, 2));
        _book.Leave(other);
        _book.Leave(other);
        Assert.Equal(0, _book.Count);
        Assert.NotSame(table, _book.Join(1, 2));
    }

    private static FlowContext Context(FlowTable table) => new(null!, 0, new LanDevice("box", 1), 2, "camera", SharedPorts.All, table);
}
