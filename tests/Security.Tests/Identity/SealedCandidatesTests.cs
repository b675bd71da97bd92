using NTMobile.Packets;
using NTMobile.Security.Identity;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Tests.Identity;

public sealed class SealedCandidatesTests : IDisposable
{
    private const string Car = "car.example.net";
    private const string Home = "home.example.net";
    private const int SlotsAt = 16;
    private const int ListAt = SlotsAt + (8 * 32);
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Candidate[] Candidates =
    [
        new(CandidateKind.Host, Endpoint.Parse("192.168.8.1:5000")),
        new(CandidateKind.Seen, Endpoint.Parse("[2001:db8::7]:40000")),
    ];

    private readonly NodeIdentity _car = NodeIdentity.Create(new SeededRandom(1));
    private readonly NodeIdentity _home = NodeIdentity.Create(new SeededRandom(2));
    private readonly GroupAuthority _family = GroupAuthority.Create("family", 3, new SeededRandom(11));
    private readonly GroupAuthority _work = GroupAuthority.Create("work", 7, new SeededRandom(10));
    private readonly GroupAuthority _club = GroupAuthority.Create("club", 0, new SeededRandom(13));

    public void Dispose()
    {
        _car.Dispose();
        _home.Dispose();
        _family.Dispose();
        _work.Dispose();
        _club.Dispose();
    }

    [Fact]
    public void A_member_of_any_of_the_groups_reads_them_and_nobody_else()
    {
        GroupMembership[] groups = [Member(_family, _car, Car), Member(_work, _car, Car)];
        var bundle = Bundle(1, groups);
        var box = SealedCandidates.Seal(bundle, groups, Candidates, new SeededRandom(5));

        Assert.True(SealedCandidates.TryOpen(box, bundle, Member(_family, _home, Home), out var read));
        Assert.Equal(Candidates, read);
        Assert.True(SealedCandidates.TryOpen(box, bundle, Member(_work, _home, Home), out _));
        Assert.False(SealedCandidates.TryOpen(box, bundle, Member(_club, _home, Home), out read));
        Assert.Empty(read);
    }

    [Fact]
    public void A_group_that_the_bundle_does_not_show_cannot_read_them()
    {
        GroupMembership[] groups = [Member(_family, _car, Car), Member(_work, _car, Car)];
        var bundle = Bundle(1, groups[..1]);
        var box = SealedCandidates.Seal(bundle, groups, Candidates, new SeededRandom(5));
        Assert.False(SealedCandidates.TryOpen(box, bundle, Member(_work, _home, Home), out _));
    }

    [Fact]
    public void No_address_stands_in_the_clear_and_no_two_boxes_are_alike()
    {
        GroupMembership[] groups = [Member(_family, _car, Car)];
        var bundle = Bundle(1, groups);
        var random = new SeededRandom(5);
        var one = SealedCandidates.Seal(bundle, groups, Candidates, random);
        var other = SealedCandidates.Seal(bundle, groups, Candidates, random);

        Assert.Equal(-1, one.AsSpan().IndexOf((ReadOnlySpan<byte>)[192, 168, 8, 1]));
        for (var at = 0; at + 16 <= one.Length; at += 16)
        {
            Assert.NotEqual(one[at..(at + 16)], other[at..(at + 16)]);
        }
    }

    [Fact]
    public void What_was_damaged_or_is_another_node_s_is_refused()
    {
        GroupMembership[] groups = [Member(_family, _car, Car)];
        var reader = Member(_family, _home, Home);
        var bundle = Bundle(1, groups);
        var box = SealedCandidates.Seal(bundle, groups, Candidates, new SeededRandom(5));

        foreach (var damaged in Damage.Of(box))
        {
            var at = damaged.AsSpan().CommonPrefixLength(box);
            var isOfAnotherGroup = damaged.Length == box.Length && at is >= SlotsAt + 32 and < ListAt;
            Assert.Equal(isOfAnotherGroup, SealedCandidates.TryOpen(damaged, bundle, reader, out _));
        }

        GroupMembership[] ofHome = [reader];
        var homes = SealedCandidates.Seal(Bundle(1, ofHome, _home, Home), ofHome, Candidates, new SeededRandom(5));
        Assert.False(SealedCandidates.TryOpen(homes, bundle, reader, out _));
    }

    [Fact]
    public void The_longest_list_fits_into_its_message()
    {
        var most = Enumerable.Range(0, Candidate.MaxCount).Select(_ => Candidates[1]).ToArray();
        Assert.InRange(SealedCandidates.Seal(Bundle(1, []), [], most, new SeededRandom(5)).Length, 1, RegistrationRequest.MaxSealedCandidatesLength);
    }

    private NodeBundle Bundle(ulong serial, GroupMembership[] groups, NodeIdentity? keys = null, string node = Car)
    {
        ulong[] tags = [.. groups.Select(g => GroupTag.Compute(g.GroupKey, node, 0, serial))];
        Assert.True(NodeBundle.TryRead(BundleSignature.Create(keys ?? _car, node, serial, 0, tags, new SeededRandom(3)), out var bundle));
        return bundle;
    }

    private static GroupMembership Member(GroupAuthority group, NodeIdentity keys, string node)
    {
        var package = group.Admit(
            node, keys.Signing.PublicKey, keys.Static.PublicKey, MemberRole.Router, Now.AddDays(365), new SeededRandom(4));
        Assert.True(GroupMembership.TryOpen(package, keys, node, Now, out var membership, out _));
        return membership;
    }
}
