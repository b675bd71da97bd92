using System.Net;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Storage.Tables;
using Xunit;

namespace NTMobile.Storage.Tests;

public sealed class TableTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly string _peer = new('a', 64);
    private StoreFile _store;

    public TableTests() => _store = Open();

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_virtual_address_is_not_used_for_another_device_within_30_days()
    {
        var address = IPAddress.Parse("198.18.0.9");
        _store.VirtualLeases.Put(new VirtualLease(_peer, "camera", address, Now));
        var later = new VirtualLease(_peer, "nas", address, Now.AddDays(30).AddSeconds(-1));
        Assert.Throws<InvalidOperationException>(() => _store.VirtualLeases.Put(later));
        Assert.False(_store.VirtualLeases.IsFree(address, later.LastUsed));
        Assert.True(_store.VirtualLeases.IsFree(address, Now.AddDays(30)));
        _store.VirtualLeases.Put(later with { LastUsed = Now.AddDays(30) });
        Assert.Null(_store.VirtualLeases.Find(_peer, "camera"));
        Reopen();
        Assert.Equal("nas", Assert.Single(_store.VirtualLeases.All).Device);
    }

    [Fact]
    public void A_lease_in_use_is_written_once_an_hour()
    {
        _store.VirtualLeases.Put(new VirtualLease(_peer, "camera", IPAddress.Parse("198.18.0.9"), Now));
        _store.VirtualLeases.Touch(_peer, "camera", Now.AddMinutes(59));
        Assert.Equal(Now, _store.VirtualLeases.Find(_peer, "camera")!.LastUsed);
        _store.VirtualLeases.Touch(_peer, "camera", Now.AddMinutes(60));
        Assert.Equal(Now.AddMinutes(60), _store.VirtualLeases.Find(_peer, "camera")!.LastUsed);
    }

    [Fact]
    public void A_name_is_not_taken_over_by_another_MAC_address()
    {
        var device = new Device("nas", "02:00:00:00:00:01", IPAddress.Parse("192.168.8.20"), false, Now, Now);
        _store.Devices.Put(device);
        Assert.Throws<InvalidOperationException>(() => _store.Devices.Put(device with { Mac = "02:00:00:00:00:02" }));
        _store.Devices.Put(device with { Confirmed = true });
        Assert.True(_store.Devices.Find("nas")!.Confirmed);
        Assert.True(_store.Devices.Remove("nas"));
        _store.Devices.Put(device with { Mac = "02:00:00:00:00:02" });
    }

    [Fact]
    public void The_journal_of_handovers_keeps_the_last_ten_thousand()
    {
        _store.Handovers.Add([.. Enumerable.Range(0, HandoverJournal.Limit).Select(number => Handover(number))]);
        _store.Handovers.Add(Handover(10_000), Handover(10_001));
        Reopen();
        Assert.Equal(HandoverJournal.Limit, _store.Handovers.Count);
        Assert.Equal(2, _store.Handovers.All.First().GapMilliseconds);
        Assert.Equal([10_001, 10_000], _store.Handovers.Newest(2).Select(handover => handover.GapMilliseconds));
    }

    [Fact]
    public async Task Of_many_attempts_to_use_a_token_at_the_same_time_one_wins()
    {
        _store.Tokens.Add(new StoredToken("aa", "b.example", 1, Now, Now.AddDays(1), null));
        var uses = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            user => Task.Run(() => _store.Tokens.TryUse("aa", $"user {user}", Now, out _))));
        Assert.Single(uses, TokenUse.Accepted);
        Assert.Equal(15, uses.Count(use => use == TokenUse.UsedAlready));
    }

    [Fact]
    public void A_used_token_stays_used_after_opening_again_and_answers_only_the_key_that_used_it()
    {
        _store.Tokens.Add(new StoredToken("aa", "b.example", 1, Now, Now.AddDays(1), null));
        Assert.Equal(TokenUse.Accepted, _store.Tokens.TryUse("aa", "one", Now, out _));
        Reopen();
        Assert.Equal(TokenUse.UsedAlready, _store.Tokens.TryUse("aa", "two", Now, out _));
        Assert.Equal(TokenUse.Accepted, _store.Tokens.TryUse("aa", "one", Now, out var token));
        Assert.Equal("b.example", token!.Node);
        Assert.Equal(TokenUse.UsedAlready, _store.Tokens.TryUse("aa", "one", Now.AddDays(1), out _));
    }

    [Fact]
    public void Expired_and_unknown_tokens_are_told_apart_and_old_ones_removed()
    {
        _store.Tokens.Add(new StoredToken("aa", "b.example", 1, Now, Now.AddDays(1), null));
        Assert.Equal(TokenUse.Expired, _store.Tokens.TryUse("aa", "one", Now.AddDays(1), out _));
        Assert.Equal(TokenUse.Unknown, _store.Tokens.TryUse("bb", "one", Now, out _));
        Assert.Equal(0, _store.Tokens.RemoveExpiredBefore(Now.AddDays(1)));
        Assert.Equal(1, _store.Tokens.RemoveExpiredBefore(Now.AddDays(2)));
    }

    [Fact]
    public void A_package_is_not_replaced_by_one_of_an_older_epoch_or_an_earlier_end()
    {
        var package = new StoredPackage("g", "b.example", 3, 100, [1], Now);
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package, 2, 3));
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package, 2, 3));
        Assert.Equal(PackagePut.NotNewer, _store.Packages.TryPut(package with { NotAfter = 99 }, 2, 3));
        Assert.Equal(PackagePut.NotNewer, _store.Packages.TryPut(package with { Epoch = 2, NotAfter = 200 }, 2, 3));
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package with { NotAfter = 101 }, 2, 3));
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package with { Epoch = 4, Content = [4] }, 2, 3));
        Assert.Equal([4], _store.Packages.Find("g", "b.example")!.Content);
    }

    [Fact]
    public void Packages_are_limited_per_group_and_in_all()
    {
        var package = new StoredPackage("g", "a.example", 1, 100, [1], Now);
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package, 2, 3));
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package with { Member = "b.example" }, 2, 3));
        Assert.Equal(PackagePut.GroupFull, _store.Packages.TryPut(package with { Member = "c.example" }, 2, 3));
        Assert.Equal(PackagePut.Stored, _store.Packages.TryPut(package with { Group = "h" }, 2, 3));
        Assert.Equal(PackagePut.ServerFull, _store.Packages.TryPut(package with { Group = "i" }, 2, 3));
    }

    [Fact]
    public void Expired_registrations_are_removed()
    {
        _store.Registrations.Put(new StoredRegistration("a", [1], Now), new StoredRegistration("b", [2], Now.AddSeconds(1)));
        Assert.Equal(1, _store.Registrations.RemoveExpired(Now));
        Reopen();
        Assert.Equal("b", Assert.Single(_store.Registrations.All).Node);
    }

    [Fact]
    public void Many_writes_keep_the_journal_short()
    {
        for (var number = 0; number < 300; number++)
        {
            _store.Handovers.Add(Handover(number));
        }

        Assert.InRange(new FileInfo(_directory["router.db.journal"]).Length, 0, Pages.PageFile.JournalLimit + 200_000);
    }

    private static Handover Handover(long gap) => new(Now, "b.example", "address changed", gap, 0);

    private StoreFile Open() => StoreFile.Open(_directory["router.db"], new FakeTimeProvider(Now), out _);

    private void Reopen()
    {
        _store.Dispose();
        _store = Open();
    }
}
