using Microsoft.Extensions.Time.Testing;
using NTMobile.RouterCore.Groups;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Tests.Groups;

/// <summary>Two nodes find the group they have in common, from signed bundles that tell nobody else anything.</summary>
public sealed class GroupBookTests
{
    private readonly SeededRandom _random = new(3);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Both_ends_choose_the_same_group()
    {
        TestGroup[] groups = [.. Enumerable.Range(0, 6).Select(i => new TestGroup($"g{i}", _random.Split(), _time))];
        var (alice, aliceBundle) = Member("alice.ntm.test", groups[..4]);
        var (bob, bobBundle) = Member("bob.ntm.test", [.. groups[2..].Reverse()]);

        Assert.True(alice.TryChoose(aliceBundle, GroupBook.ReadBundle(bobBundle)!, out var one));
        Assert.True(bob.TryChoose(bobBundle, GroupBook.ReadBundle(aliceBundle)!, out var other));

        Assert.Equal(GroupBook.IdOf(one.Group), GroupBook.IdOf(other.Group));
        Assert.Equal((one.OwnTag, one.PeerTag), (other.PeerTag, other.OwnTag));
        Assert.Contains(GroupBook.IdOf(one.Group), groups[2..4].Select(g => g.Id));
    }

    [Fact]
    public void Without_a_common_group_there_is_none()
    {
        var (alice, aliceBundle) = Member("alice.ntm.test", new TestGroup("one", _random.Split(), _time));
        var (_, bobBundle) = Member("bob.ntm.test", new TestGroup("other", _random.Split(), _time));
        Assert.False(alice.TryChoose(aliceBundle, GroupBook.ReadBundle(bobBundle)!, out _));
        Assert.False(alice.TryChoose(aliceBundle, GroupBook.ReadBundle(Member("carol.ntm.test").Bundle)!, out _));
    }

    [Fact]
    public void A_bundle_with_a_flipped_bit_is_none()
    {
        var (_, bundle) = Member("alice.ntm.test", new TestGroup("one", _random.Split(), _time));
        Assert.NotNull(GroupBook.ReadBundle(bundle));
        for (var at = 0; at < bundle.Length; at++)
        {
            byte[] damaged = [.. bundle];
            damaged[at] ^= 0x10;
            Assert.Null(GroupBook.ReadBundle(damaged));
        }
    }

    [Fact]
    public void Every_bundle_has_the_same_number_of_tags()
    {
        var group = new TestGroup("one", _random.Split(), _time);
        Assert.Equal(Member("alice.ntm.test").Bundle.Length, Member("alice.ntm.test", group).Bundle.Length);
    }

    [Fact]
    public void More_groups_than_a_bundle_has_room_for_are_left_out()
    {
        var (book, bundle) = Member("alice.ntm.test", [.. Enumerable.Range(0, NodeBundle.TagCount + 3).Select(i => new TestGroup($"g{i}", _random.Split(), _time))]);
        Assert.Equal(NodeBundle.TagCount, book.All.Count);
        Assert.NotNull(GroupBook.ReadBundle(bundle));
    }

    private (GroupBook Book, byte[] Bundle) Member(string name, params TestGroup[] groups)
    {
        var identity = NodeIdentity.Create(_random);
        var book = new GroupBook();
        book.Set(groups.Select(g => g.Admit(name, identity)));
        var settings = new NodeSettings(name, "ntm.test", identity, [], [], 0, AddressPrefix.Virtual, 1);
        return (book, book.BuildBundle(settings, 9, _random));
    }
}
