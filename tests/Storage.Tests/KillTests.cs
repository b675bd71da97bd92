using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using NTMobile.Storage.Tables;
using Xunit;

namespace NTMobile.Storage.Tests;

public class KillTests
{
    private const string Variable = "NTM_TEST_STORE_WRITER";
    private const int Rounds = 12;

    [Fact]
    public async Task Nothing_confirmed_is_lost_when_the_writer_is_killed_in_the_middle_of_thousands_of_writes()
    {
        using var directory = new TemporaryDirectory();
        var path = directory["router.db"];
        var confirmed = -1;
        for (var round = 0; round < Rounds; round++)
        {
            confirmed = await WriteAndKill(path, lines: 20 + (round * 37)) ?? confirmed;
            using var store = StoreFile.Open(path, TimeProvider.System, out var report);
            Assert.Null(report.Message);
            var last = LastWritten(store);
            Assert.InRange(last, confirmed, confirmed + 1);
            Assert.InRange(int.Parse(store.Settings.Find("last")!, CultureInfo.InvariantCulture), confirmed, last);
            Assert.All(store.Handovers.All.Zip(store.Handovers.All.Skip(1)), pair => Assert.Equal(pair.First.GapMilliseconds + 1, pair.Second.GapMilliseconds));
            confirmed = last;
        }

        Assert.True(confirmed > 1000, $"only {confirmed} writes were confirmed");
    }

    // This program started a second time with the variable set: it writes and tells each confirmed number until it is killed.
    [ModuleInitializer]
    internal static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path)
        {
            return;
        }

        using var store = StoreFile.Open(path, TimeProvider.System, out _);
        for (var number = LastWritten(store) + 1; ; number++)
        {
            store.Handovers.Add(new Handover(DateTimeOffset.UnixEpoch, "b.example", "kill", number, 0));
            store.Settings.Set("last", number.ToString(CultureInfo.InvariantCulture));
            Console.Out.WriteLine(number);
        }
    }

    private static int LastWritten(StoreFile store) =>
        (int)(store.Handovers.Newest(1).SingleOrDefault()?.GapMilliseconds ?? -1);

    private static async Task<int?> WriteAndKill(string path, int lines)
    {
        using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            Environment = { [Variable] = path },
        })!;
        int? confirmed = null;
        for (var line = 0; line < lines; line++)
        {
            confirmed = int.Parse((await writer.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        }

        writer.Kill();
        while (await writer.StandardOutput.ReadLineAsync() is { Length: > 0 } more && int.TryParse(more, CultureInfo.InvariantCulture, out var number))
        {
            confirmed = number;
        }

        await writer.WaitForExitAsync();
        return confirmed;
    }
}
