using CsCheck;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Tests.Sessions;

public sealed class PublishedTableTests
{
    private static readonly Gen<(ulong Key, bool Has)[]> Changes = Gen.Select(Gen.ULong[1, 300], Gen.Bool).Array[1, 2000];

    [Fact]
    public void Agrees_with_a_dictionary() => Changes.Sample(changes =>
    {
        var table = new PublishedTable<string>();
        var expected = new Dictionary<ulong, string>();
        foreach (var (key, has) in changes)
        {
            var value = has ? $"{key} {expected.Count}" : null;
            table.Set(key, value);
            if (value is null)
            {
                expected.Remove(key);
            }
            else
            {
                expected[key] = value;
            }
        }

        return table.Count == expected.Count && Enumerable.Range(0, 302).All(k => table.Find((ulong)k) == expected.GetValueOrDefault((ulong)k));
    });

    [Fact]
    public void Keys_that_come_and_go_leave_nothing_behind()
    {
        var table = new PublishedTable<string>();
        for (ulong key = 1; key < 100_000; key++)
        {
            table.Set(key, "x");
            Assert.Equal("x", table.Find(key));
            table.Set(key, null);
            Assert.Null(table.Find(key));
        }

        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task Readers_find_what_stays_while_others_come_and_go()
    {
        var table = new PublishedTable<string>();
        table.Set(7, "stays");
        using var reading = new CancellationTokenSource();
        var missed = Task.Run(() =>
        {
            var count = 0;
            while (!reading.IsCancellationRequested)
            {
                count += table.Find(7) == "stays" ? 0 : 1;
            }

            return count;
        }, TestContext.Current.CancellationToken);

        for (ulong key = 8; key < 200_000; key++)
        {
            table.Set(key, "x");
            table.Set(key - (key % 3), null);
            table.Set(7, "stays");
        }

        await reading.CancelAsync();
        Assert.Equal(0, await missed);
    }
}
