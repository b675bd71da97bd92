using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Tests.Identity;

public sealed class CommonGroupTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly NodeIdentity _car = NodeIdentity.Create(new SeededRandom(1));
    private readonly NodeIdentity _home = NodeIdentity.Create(new SeededRandom(2));
    private readonly GroupAuthority[] _groups =
    [
        GroupAuthority.Create("work", 7, new SeededRandom(10)),
        GroupAuthority.Create("family", 3, new SeededRandom(11)),
        GroupAuthority.Create("friends", 3, new SeededRandom(12)),
        GroupAuthority.Create("club", 0, new SeededRandom(13)),
    ];

    public void Dispose()
    {
        _car.Dispose();
        _home.Dispose();
        Array.ForEach(_groups, group => group.Dispose());
    }

    [Theory]
    [InlineData("work", "work", "work")]
    [InlineData("work family", "family work", "family")]
    [InlineData("work club", "work family", "work")]
    [InlineData("club family", "work friends", null)]
    [InlineData("", "work", null)]
    public void Both_ends_choose_the_common_group_of_highest_priority(string ofCar, string ofHome, string? expected)
    {
        Assert.Equal(expected, Choose(ofCar, ofHome));
        Assert.Equal(expected, Choose(ofHome, ofCar));
    }

    [Fact]
    public void Of_equal_priorities_the_smaller_id_is_chosen()
    {
        string first = Convert.ToHexString(_groups[1].Id).CompareTo(Convert.ToHexString(_groups[2].Id)) < 0 ? "family" : "friends";
        Assert.Equal(first, Choose("family friends", "friends family"));
        Assert.Equal(first, Choose("friends family", "friends family work"));
    }

    [Fact]
    public void A_group_that_we_did_not_show_is_not_used()
    {
        List<GroupMembership> all = Memberships(_car, "car.example.net", "work family");
        NodeBundle own = Bundle(_car, "car.example.net", all[..1]), peer = Bundle(_home, "home.example.net", all);
        Assert.Equal(2, CommonGroup.Recognise(all, peer).Count());
        Assert.True(CommonGroup.TryChoose(all, own, peer, out CommonGroup? common));
        Assert.Equal("work", common.Group.Name);
    }

    [Fact]
    public void The_tags_are_those_of_the_two_bundles()
    {
        List<GroupMembership> all = Memberships(_car, "car.example.net", "work");
        NodeBundle own = Bundle(_car, "car.example.net", all), peer = Bundle(_home, "home.example.net", all);
        Assert.True(CommonGroup.TryChoose(all, own, peer, out CommonGroup? common));
        Assert.Equal((own.Tags[0], peer.Tags[0]), (common.OwnTag, common.PeerTag));
        Assert.NotEqual(common.OwnTag, common.PeerTag);
    }

    [Fact]
    public void Another_serial_makes_other_tags()
    {
        List<GroupMembership> all = Memberships(_car, "car.example.net", "work");
        NodeBundle copied = Bundle(_home, "home.example.net", all) with { Serial = 2 };
        Assert.Empty(CommonGroup.Recognise(all, copied));
    }

    private string? Choose(string mine, string theirs)
    {
        List<GroupMembership> own = Memberships(_car, "car.example.net", mine), peer = Memberships(_home, "home.example.net", theirs);
        CommonGroup.TryChoose(own, Bundle(_car, "car.example.net", own), Bundle(_home, "home.example.net", peer), out CommonGroup? common);
        return common?.Group.Name;
    }

    private List<GroupMembership> Memberships(NodeIdentity node, string name, string groups) =>
    [
        .. groups.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(wanted =>
        {
            byte[] package = _groups.Single(group => group.Name == wanted).Admit(
                name, node.Signing.PublicKey, node.Static.PublicKey, MemberRole.Router, Now, new SeededRandom(4));
            Assert.True(GroupMembership.TryOpen(package, node, name, Now, out GroupMembership? membership, out _));
            return membership;
        })
    ];

    private static NodeBundle Bundle(NodeIdentity node, string name, IEnumerable<GroupMembership> groups)
    {
        ulong[] tags = [.. groups.Select(group => GroupTag.Compute(group.GroupKey, name, 1, 1))];
        Assert.True(NodeBundle.TryRead(BundleSignature.Create(node, name, 1, 1, tags, new SeededRandom(5)), out NodeBundle? bundle));
        return bundle;
    }
}
