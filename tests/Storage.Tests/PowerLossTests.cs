using CsCheck;
using NTMobile.Storage.Pages;
using Xunit;

namespace NTMobile.Storage.Tests;

public class PowerLossTests
{
    private const int Batches = 9;

    [Fact]
    public void After_a_power_loss_at_any_step_every_confirmed_batch_is_there_and_nothing_half()
    {
        var steps = CountSteps();
        Assert.True(steps > 40);
        Gen.Select(Gen.Int[0, steps], Gen.Bool.Array[64]).Sample(
            (step, sectors) =>
            {
                var (data, journal, confirmed) = WriteUntil(new PowerSupply(step));
                var next = 0;
                bool Reached(int at) => sectors[next++ % sectors.Length];
                using var file = PageFile.Open(
                    data.AfterPowerLoss(PowerSupply.Steady, Reached), journal.AfterPowerLoss(PowerSupply.Steady, Reached));
                AssertIsStateAfter(file, confirmed);
            },
            iter: 600);
    }

    [Fact]
    public void A_power_loss_while_the_journal_is_brought_over_is_repaired_by_the_next_opening()
    {
        Gen.Select(Gen.Int[5, CountSteps()], Gen.Int[0, 20], Gen.Bool.Array[64]).Sample(
            (step, second, sectors) =>
            {
                var (data, journal, confirmed) = WriteUntil(new PowerSupply(step));
                var next = 0;
                bool Reached(int at) => sectors[next++ % sectors.Length];
                var power = new PowerSupply(second);
                data = data.AfterPowerLoss(power, Reached);
                journal = journal.AfterPowerLoss(power, Reached);
                try
                {
                    PageFile.Open(data, journal).Dispose();
                }
                catch (PowerLossException)
                {
                }

                using var file = PageFile.Open(
                    data.AfterPowerLoss(PowerSupply.Steady, Reached), journal.AfterPowerLoss(PowerSupply.Steady, Reached));
                AssertIsStateAfter(file, confirmed);
            },
            iter: 400);
    }

    [Fact]
    public void After_a_write_that_failed_nothing_more_is_written_until_the_store_is_opened_again()
    {
        var failing = new PowerSupply(CountSteps() / 2);
        var data = MemoryFile.With(PageFile.Empty(7), PowerSupply.Steady);
        var journal = MemoryFile.With([], failing);
        var file = PageFile.Open(data, journal);
        var confirmed = 0;
        void WriteOn()
        {
            while (true)
            {
                file.Write(PagesOf(confirmed + 1));
                confirmed++;
            }
        }

        Assert.Throws<PowerLossException>(WriteOn);
        Assert.Throws<StoreException>(() => file.Write(PagesOf(confirmed + 2)));
        file.Dispose();
        using var again = PageFile.Open(MemoryFile.With(data.Content, PowerSupply.Steady), MemoryFile.With(journal.Content, PowerSupply.Steady));
        AssertIsStateAfter(again, confirmed);
    }

    private static int CountSteps()
    {
        var power = new PowerSupply(int.MaxValue);
        WriteUntil(power);
        return power.Used;
    }

    // Batch n fills all pages with its number.
    private static (MemoryFile Data, MemoryFile Journal, int Confirmed) WriteUntil(PowerSupply power)
    {
        var data = MemoryFile.With(PageFile.Empty(7), power);
        var journal = MemoryFile.With([], power);
        var confirmed = 0;
        try
        {
            var file = PageFile.Open(data, journal);
            for (var batch = 1; batch <= Batches; batch++)
            {
                file.Write(PagesOf(batch));
                confirmed = batch;
                if (batch % 4 == 0)
                {
                    file.Dispose();
                    file = PageFile.Open(data, journal);
                }
            }
        }
        catch (PowerLossException)
        {
        }

        return (data, journal, confirmed);
    }

    private static SortedDictionary<uint, byte[]> PagesOf(int batch) => new()
    {
        [0] = Page(batch),
        [1] = Page(batch),
        [2] = Page(batch),
        [3] = Page(batch),
    };

    private static byte[] Page(int batch) => [.. Enumerable.Repeat((byte)batch, PageSlot.PageSize)];

    private static void AssertIsStateAfter(PageFile file, int confirmed)
    {
        if (file.Pages == 0)
        {
            Assert.Equal(0, confirmed);
            return;
        }

        var page = new byte[PageSlot.PageSize];
        file.Read(0, page);
        var last = page[0];
        Assert.InRange(last, confirmed, confirmed + 1);
        for (var index = 0u; index < file.Pages; index++)
        {
            file.Read(index, page);
            Assert.Equal(Page(last), page);
        }
    }
}
