using System.Net;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Storage.Tables;
using Xunit;

namespace NTMobile.Storage.Tests;

public sealed class StoreFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(Now);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_store_is_made_with_mode_0600_and_says_so()
    {
        using var store = Open(out var report);
        Assert.True(report.Created);
        Assert.Null(report.Message);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["router.db"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["router.db.journal"]));
    }

    [Fact]
    public void What_was_written_is_there_after_opening_again()
    {
        var lease = new VirtualLease(new string('a', 64), "camera", IPAddress.Parse("198.18.0.7"), Now);
        var device = new Device("nas", "02:00:00:00:00:01", IPAddress.Parse("192.168.8.20"), true, Now, Now);
        var share = new Share("nas", null, ["tcp/22", "udp/5000-5010"], Now);
        var shareOfGroup = share with { Group = new string('b', 32) };
        var handover = new Handover(Now, "b.example", "address changed", 120, 3);
        var registration = new StoredRegistration("b.example", [1, 2, 3], Now);
        var token = new StoredToken(StoredToken.HashOf([1]), "b.example", 1, Now, Now.AddDays(1), null);
        var certificate = new IssuedCertificate("b.example", 1, [4, 5], [6], Now, Now.AddDays(90));
        var package = new StoredPackage(new string('b', 32), "b.example", 3, 100, [6], Now);
        using (var store = Open(out _))
        {
            store.Settings.Set("zone", "example");
            store.VirtualLeases.Put(lease);
            store.Devices.Put(device);
            store.Shares.Put(share);
            store.Shares.Put(shareOfGroup);
            store.Handovers.Add(handover);
            store.Registrations.Put(registration);
            store.Tokens.Add(token);
            store.Certificates.Put(certificate);
            Assert.Equal(PackagePut.Stored, store.Packages.TryPut(package, 10, 10));
        }

        using var again = Open(out var report);
        Assert.False(report.Created);
        Assert.Equal("example", again.Settings.Find("zone"));
        Assert.Equal(lease, again.VirtualLeases.Find(lease.Peer, "camera"));
        Assert.Equal(device, again.Devices.Find("nas"));
        Assert.Equivalent(share, again.Shares.Find("nas", null), strict: true);
        Assert.Equivalent(shareOfGroup, again.Shares.Find("nas", shareOfGroup.Group), strict: true);
        Assert.Equal(handover, Assert.Single(again.Handovers.All));
        Assert.Equivalent(registration, again.Registrations.Find("b.example"), strict: true);
        Assert.Equal(token, Assert.Single(again.Tokens.All));
        Assert.Equivalent(certificate, again.Certificates.Find("b.example"), strict: true);
        Assert.Equivalent(package, again.Packages.Find(package.Group, "b.example"), strict: true);
    }

    [Fact]
    public void A_store_in_use_is_refused_and_left_alone()
    {
        using var store = Open(out _);
        store.Settings.Set("a", "b");
        var locked = Assert.Throws<StoreLockedException>(() => Open(out _));
        Assert.Contains("in use by another process", locked.Message, StringComparison.Ordinal);
        store.Settings.Set("a", "c");
        Assert.Empty(Directory.GetFiles(_directory.Path, "*damaged*"));
    }

    [Fact]
    public void A_store_of_a_later_format_is_refused_and_left_alone()
    {
        Open(out _).Dispose();
        var path = _directory["router.db"];
        var bytes = File.ReadAllBytes(path);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(40), Pages.Crc32C.Of(bytes.AsSpan(0, 40)));
        File.WriteAllBytes(path, bytes);
        Assert.Contains("newer version", Assert.Throws<StoreException>(() => Open(out _)).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void Other_files_of_the_directory_are_not_touched_when_a_store_is_set_aside()
    {
        File.WriteAllText(_directory["identity.key"], "untouched");
        File.WriteAllText(_directory["router.db"], "this is no store");
        using var store = Open(out var report);
        Assert.Equal(_directory["router.db.damaged-20260504T030201Z"], report.SetAside);
        Assert.Equal("this is no store", File.ReadAllText(report.SetAside!));
        Assert.Equal("untouched", File.ReadAllText(_directory["identity.key"]));
        Assert.Contains("damaged", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_set_aside_is_named_at_every_opening_while_it_lies_there()
    {
        File.WriteAllText(_directory["router.db"], "");
        Open(out var first).Dispose();
        Open(out var second).Dispose();
        Assert.NotNull(first.SetAside);
        Assert.Null(second.SetAside);
        Assert.Equal([first.SetAside], second.EarlierDamaged);
    }

    [Fact]
    public void Two_damaged_stores_in_one_second_keep_both_files()
    {
        File.WriteAllText(_directory["router.db"], "one");
        Open(out var first).Dispose();
        File.WriteAllText(_directory["router.db"], "two");
        Open(out var second).Dispose();
        Assert.Equal("one", File.ReadAllText(first.SetAside!));
        Assert.Equal("two", File.ReadAllText(second.SetAside!));
    }

    private StoreFile Open(out StoreReport report) => StoreFile.Open(_directory["router.db"], _clock, out report);
}
