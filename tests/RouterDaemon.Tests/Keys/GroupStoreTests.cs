using Microsoft.Extensions.Time.Testing;
using NTMobile.RouterDaemon.Keys;
using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterDaemon.Tests.Keys;

public sealed class GroupStoreTests : IDisposable
{
    private const string Node = "bag.example.net";
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly NodeIdentity _us = NodeIdentity.Create(SystemRandom.Instance);
    private readonly GroupAuthority _family = GroupAuthority.Create("family", 128, SystemRandom.Instance);
    private readonly GroupAuthority _work = GroupAuthority.Create("work", 7, SystemRandom.Instance);

    public void Dispose()
    {
        _us.Dispose();
        _family.Dispose();
        _work.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Memberships_and_wishes_survive_a_restart()
    {
        var store = Open();
        Assert.Equal(PackageRefusal.None, store.Save(Admit(_family)));
        store.Wait(IdOf(_work));
        foreach (var now in new[] { store, Open() })
        {
            Assert.Equal("family", Assert.Single(now.All).Name);
            Assert.Equal([IdOf(_work)], now.Waiting);
            Assert.Empty(now.Problems);
        }

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["groups", $"{IdOf(_family)}.group"]));
    }

    [Fact]
    public void A_package_ends_the_waiting_for_it()
    {
        var store = Open();
        store.Wait(IdOf(_family));
        store.Save(Admit(_family));
        Assert.Empty(store.Waiting);
        store.Wait(IdOf(_family));
        Assert.Empty(store.Waiting); // a member does not wait
        Assert.Empty(Open().Waiting);
    }

    [Fact]
    public void A_newer_epoch_replaces_and_an_older_one_does_not()
    {
        var old = Admit(_family);
        _family.Renew(SystemRandom.Instance);
        var store = Open();
        store.Save(old);
        store.Save(Admit(_family));
        Assert.Equal(2u, Assert.Single(store.All).Certificate.Epoch);
        Assert.Equal(PackageRefusal.None, store.Save(old));
        Assert.Equal(2u, Assert.Single(store.All).Certificate.Epoch);
        Assert.Equal(2u, Assert.Single(Open().All).Certificate.Epoch);
    }

    [Fact]
    public void A_later_end_in_the_same_epoch_replaces()
    {
        var store = Open();
        store.Save(Admit(_family, days: 30));
        store.Save(Admit(_family, days: 60));
        store.Save(Admit(_family, days: 40));
        Assert.Equal((ulong)Start.AddDays(60).ToUnixTimeSeconds(), Assert.Single(Open().All).Certificate.NotAfter);
    }

    [Fact]
    public void A_package_for_another_router_is_refused()
    {
        using var other = NodeIdentity.Create(SystemRandom.Instance);
        var store = Open();
        Assert.Equal(PackageRefusal.NotForUs, store.Save(Admit(_family, identity: other)));
        Assert.Equal(PackageRefusal.NotForUs, store.Save(Admit(_family, node: "van.example.net")));
        Assert.Equal(PackageRefusal.Malformed, store.Save([1, 2, 3]));
        var forged = Admit(_family);
        forged[^1] ^= 1;
        Assert.Equal(PackageRefusal.BadSignature, store.Save(forged));
        Assert.Empty(store.All);
        Assert.Empty(Open().All);
    }

    [Fact]
    public void An_expired_membership_is_kept_and_can_be_renewed()
    {
        Open().Save(Admit(_family, days: 30));
        _clock.Advance(TimeSpan.FromDays(31));
        var store = Open();
        Assert.True(Assert.Single(store.All).IsExpired(_clock.GetUtcNow()));
        Assert.Empty(store.Problems);
        store.Save(Admit(_family, days: 30));
        Assert.False(Assert.Single(store.All).IsExpired(_clock.GetUtcNow()));
    }

    [Fact]
    public void A_damaged_file_is_named_and_left_and_the_others_work()
    {
        var store = Open();
        store.Save(Admit(_family));
        store.Save(Admit(_work));
        var damaged = _directory.Damage("groups", $"{IdOf(_family)}.group");
        store = Open();
        Assert.Equal("work", Assert.Single(store.All).Name);
        Assert.Contains(IdOf(_family), Assert.Single(store.Problems), StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(_directory["groups", $"{IdOf(_family)}.group"]));

        store.Save(Admit(_family));
        Assert.Empty(store.Problems);
        Assert.Equal(2, store.All.Count);
    }

    [Fact]
    public void A_file_for_another_name_of_this_router_is_named()
    {
        Open().Save(Admit(_family));
        var store = Open("van.example.net");
        Assert.Empty(store.All);
        Assert.Contains("another router", Assert.Single(store.Problems), StringComparison.Ordinal);
        Assert.Empty(Open("").Problems); // not enrolled: nothing is known about any group
    }

    [Fact]
    public void Leaving_forgets_membership_and_wish()
    {
        var store = Open();
        store.Save(Admit(_family));
        store.Wait(IdOf(_work));
        Assert.True(store.Remove(IdOf(_family)));
        Assert.True(store.Remove(IdOf(_work)));
        Assert.False(store.Remove(IdOf(_family)));
        Assert.Empty(store.All);
        Assert.Empty(store.Waiting);
        Assert.Empty(Directory.GetFiles(_directory["groups"]));
    }

    private static string IdOf(GroupAuthority group) => GroupId.Text(group.Id);

    private GroupStore Open(string node = Node)
    {
        var store = new GroupStore(_directory["groups"], _us, _clock);
        store.Load(node);
        return store;
    }

    private byte[] Admit(GroupAuthority group, NodeIdentity? identity = null, string node = Node, int days = 700)
    {
        identity ??= _us;
        return group.Admit(
            node, identity.Signing.PublicKey, identity.Static.PublicKey, MemberRole.Router, _clock.GetUtcNow().AddDays(days), SystemRandom.Instance);
    }
}
