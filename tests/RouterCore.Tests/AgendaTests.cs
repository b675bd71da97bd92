using CsCheck;

namespace NTMobile.RouterCore.Tests;

public sealed class AgendaTests
{
    private static readonly Gen<(int Item, int Due)[]> Changes = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 30]).Array[1, 300];
    private readonly Agenda _agenda = new();

    [Fact]
    public void Knows_the_next_time_whatever_moved_to_and_fro() => Changes.Sample(changes =>
    {
        var agenda = new Agenda();
        Item[] items = [.. Enumerable.Range(0, 20).Select(_ => new Item())];
        foreach (var (item, due) in changes)
        {
            items[item].Due = due == 0 ? long.MaxValue : due; // 0: not any more
            agenda.Put(items[item]);
            if (agenda.DueMs != items.Min(i => i.Due) || agenda.Count != items.Count(i => i.Due < long.MaxValue))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void Calls_who_is_due_in_the_order_of_their_times()
    {
        var called = new List<long>();
        foreach (var due in new[] { 50, 10, 40, 30, 20, 60 })
        {
            var item = new Item { Due = due };
            item.Ticked = () =>
            {
                called.Add(item.Due);
                item.Due = long.MaxValue;
            };
            _agenda.Put(item);
        }

        _agenda.Tick(40);

        Assert.Equal([10, 20, 30, 40], called);
        Assert.Equal(50, _agenda.DueMs);
    }

    [Fact]
    public void Who_moves_earlier_or_later_is_called_at_the_new_time()
    {
        var (early, late) = (NewItem(100), NewItem(200));
        late.Due = 50;
        _agenda.Put(late);
        early.Due = 300;
        _agenda.Put(early);

        _agenda.Tick(100);
        Assert.Equal((0, 1), (early.Calls, late.Calls));
        _agenda.Tick(300);
        Assert.Equal((1, 1), (early.Calls, late.Calls));
        Assert.Equal(long.MaxValue, _agenda.DueMs);
    }

    [Fact]
    public void Who_is_due_again_at_once_waits_for_the_next_call()
    {
        var item = new Item { Due = 10 };
        _agenda.Put(item);
        _agenda.Tick(20);
        Assert.Equal((1, 10L), (item.Calls, _agenda.DueMs));
    }

    [Fact]
    public void A_call_may_move_others_and_take_them_out()
    {
        var (first, moved, removed) = (NewItem(10), NewItem(500), NewItem(600));
        first.Ticked = () =>
        {
            first.Due = long.MaxValue;
            moved.Due = 5;
            _agenda.Put(moved);
            _agenda.Remove(removed);
        };

        _agenda.Tick(10);

        Assert.Equal((0, 5L, 1), (moved.Calls, _agenda.DueMs, _agenda.Count));
        _agenda.Remove(removed);
        _agenda.Tick(1000);
        Assert.Equal((1, 0), (moved.Calls, removed.Calls));
    }

    [Fact]
    public void Who_fails_delays_nobody_and_is_called_again_later()
    {
        var (failing, behind) = (NewItem(10), NewItem(20));
        var quiet = failing.Ticked;
        failing.Ticked = static () => throw new InvalidOperationException("failed");

        Assert.Throws<InvalidOperationException>(() => _agenda.Tick(30));
        Assert.Equal((1, 0, 20L), (failing.Calls, behind.Calls, _agenda.DueMs));
        _agenda.Tick(30);
        Assert.Equal((1, 1, 1030L), (failing.Calls, behind.Calls, _agenda.DueMs));
        failing.Ticked = quiet;
        _agenda.Tick(1030);
        Assert.Equal((2, long.MaxValue), (failing.Calls, _agenda.DueMs));
    }

    // Once called, it wants nothing any more.
    private Item NewItem(long due)
    {
        var item = new Item { Due = due };
        item.Ticked = () => item.Due = long.MaxValue;
        _agenda.Put(item);
        return item;
    }

    private sealed class Item : Timed
    {
        public long Due { get; set; } = long.MaxValue;

        public int Calls { get; private set; }

        public Action Ticked { get; set; } = static () => { };

        public override long DueMs => Due;

        public override void Tick()
        {
            Calls++;
            Ticked();
        }
    }
}
