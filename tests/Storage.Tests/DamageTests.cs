using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Storage.Pages;
using Xunit;

namespace NTMobile.Storage.Tests;

public sealed class DamageTests : IDisposable
{
    private const int Settings = 60;

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero));
    private readonly byte[] _closed;
    private readonly (byte[] Data, byte[] Journal) _killed;

    public DamageTests()
    {
        using (var store = Open(out _))
        {
            Fill(store, 0, Settings / 2);
        }

        using (var store = Open(out _))
        {
            Fill(store, Settings / 2, Settings);
            _killed = (ReadShared(Path), ReadShared(Path + ".journal"));
        }

        _closed = File.ReadAllBytes(Path);
    }

    private string Path => _directory["router.db"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_store_cut_at_any_page_boundary_is_set_aside()
    {
        for (var page = 0; page < (_closed.Length - StoreHeader.Size) / PageSlot.Size; page++)
        {
            ExpectSetAside(_closed[..(StoreHeader.Size + (page * PageSlot.Size))], []);
        }
    }

    [Fact]
    public void A_store_cut_anywhere_is_set_aside() =>
        Gen.Int[0, _closed.Length - 1].Sample(length => ExpectSetAside(_closed[..length], []), iter: 60, threads: 1);

    [Fact]
    public void A_store_with_any_page_zeroed_is_set_aside()
    {
        for (var page = 0; page < (_closed.Length - StoreHeader.Size) / PageSlot.Size; page++)
        {
            var bytes = _closed.ToArray();
            bytes.AsSpan(StoreHeader.Size + (page * PageSlot.Size), PageSlot.Size).Clear();
            ExpectSetAside(bytes, []);
        }
    }

    [Fact]
    public void A_store_with_two_pages_exchanged_is_set_aside()
    {
        var bytes = _closed.ToArray();
        var one = bytes.AsSpan(StoreHeader.Size, PageSlot.Size).ToArray();
        bytes.AsSpan(StoreHeader.Size + PageSlot.Size, PageSlot.Size).CopyTo(bytes.AsSpan(StoreHeader.Size));
        one.CopyTo(bytes.AsSpan(StoreHeader.Size + PageSlot.Size));
        ExpectSetAside(bytes, []);
    }

    [Fact]
    public void A_store_with_one_flipped_bit_is_set_aside() =>
        Gen.Select(Gen.Int[0, _closed.Length - 1], Gen.Int[0, 7]).Sample(
            (at, bit) =>
            {
                var bytes = _closed.ToArray();
                bytes[at] ^= (byte)(1 << bit);
                if (at is >= 44 and < StoreHeader.Size) // unused space behind the header
                {
                    ExpectWhole(bytes, []);
                }
                else
                {
                    ExpectSetAside(bytes, []);
                }
            },
            iter: 150,
            threads: 1);

    [Fact]
    public void A_store_with_garbage_for_a_header_is_set_aside()
    {
        var bytes = _closed.ToArray();
        bytes.AsSpan(0, StoreHeader.Size).Fill(0xA5);
        ExpectSetAside(bytes, []);
    }

    [Fact]
    public void A_store_without_its_data_file_is_set_aside()
    {
        File.Delete(Path);
        File.WriteAllBytes(Path + ".journal", _killed.Journal);
        using var store = Open(out var report);
        Assert.NotNull(report.Message);
        Assert.Equal(_killed.Journal, File.ReadAllBytes(report.SetAside + ".journal"));
    }

    [Fact]
    public void A_killed_service_loses_nothing() => ExpectWhole(_killed.Data, _killed.Journal);

    [Fact]
    public void A_journal_that_repairs_the_header_and_its_pages_does_so()
    {
        var bytes = _killed.Data.ToArray();
        bytes.AsSpan(0, StoreHeader.Size).Clear();
        ExpectWhole(bytes, _killed.Journal);
    }

    [Fact]
    public void A_journal_that_was_removed_from_a_killed_store_is_missed() => ExpectSetAside(_killed.Data, []);

    [Fact]
    public void A_journal_of_another_store_is_not_taken()
    {
        File.Delete(Path);
        File.Delete(Path + ".journal");
        Open(out _).Dispose();
        ExpectSetAside(File.ReadAllBytes(Path), _killed.Journal);
    }

    [Fact]
    public void A_flipped_bit_or_a_cut_in_the_journal_never_loses_anything_in_silence() =>
        Gen.Select(Gen.Int[0, _killed.Journal.Length - 1], Gen.Int[0, 7], Gen.Bool).Sample(
            (at, bit, cut) =>
            {
                var journal = cut ? _killed.Journal[..at] : _killed.Journal.ToArray();
                if (!cut)
                {
                    journal[at] ^= (byte)(1 << bit);
                }

                ExpectSetAside(_killed.Data, journal);
            },
            iter: 60,
            threads: 1);

    private static void Fill(StoreFile store, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            store.Settings.Set(Key(number), new string('v', 300 + number));
        }
    }

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);

    // The store holds its files locked (flock), which File.ReadAllBytes respects.
    private static byte[] ReadShared(string path)
    {
        using var copy = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cp", [path, path + ".copy"]))!;
        copy.WaitForExit();
        var bytes = File.ReadAllBytes(path + ".copy");
        File.Delete(path + ".copy");
        return bytes;
    }

    private void ExpectSetAside(byte[] data, byte[] journal)
    {
        Lay(data, journal);
        using (var store = Open(out var report))
        {
            Assert.NotNull(report.SetAside);
            Assert.Contains(report.SetAside, report.Message, StringComparison.Ordinal);
            Assert.Equal(data, File.ReadAllBytes(report.SetAside));
            Assert.Empty(store.Settings.All);
            store.Settings.Set("a", "works again");
        }

        foreach (var old in Directory.GetFiles(_directory.Path, "*damaged*"))
        {
            File.Delete(old);
        }
    }

    private void ExpectWhole(byte[] data, byte[] journal)
    {
        Lay(data, journal);
        using var store = Open(out var report);
        Assert.Null(report.SetAside);
        Assert.Equal(Settings, store.Settings.Count);
        Assert.All(Enumerable.Range(0, Settings), number => Assert.Equal(300 + number, store.Settings.Find(Key(number))?.Length));
    }

    private void Lay(byte[] data, byte[] journal)
    {
        File.WriteAllBytes(Path, data);
        File.WriteAllBytes(Path + ".journal", journal);
    }

    private StoreFile Open(out StoreReport report) => StoreFile.Open(Path, _clock, out report);
}
