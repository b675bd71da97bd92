using NTMobile.Control;
using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterDaemon.Tests.Enrolment;

/// <summary>alice owns the group, bob joins it, both at a real KMS.</summary>
public sealed class GroupServiceTests : IAsyncLifetime
{
    private KeyServerHost _kms = null!;
    private OneRouter _alice = null!;
    private OneRouter _bob = null!;

    public async ValueTask InitializeAsync()
    {
        _kms = await KeyServerHost.StartAsync();
        _alice = await OneRouter.EnrolAsync(_kms, "alice");
        _bob = await OneRouter.EnrolAsync(_kms, "bob");
    }

    public async ValueTask DisposeAsync()
    {
        _alice.Dispose();
        _bob.Dispose();
        await _kms.DisposeAsync();
    }

    [Fact]
    public async Task The_maker_of_a_group_is_its_first_member()
    {
        var group = await _alice.InitAsync("Familie Müller", priority: 7);
        var shown = Assert.Single(_alice.Groups.List());
        Assert.Equal(new Group(group.Id, "Familie Müller", 7, GroupState.Member, 1), shown);
        Assert.Equal(1, _alice.Changes);
        _alice.Restart();
        Assert.Equal(shown, Assert.Single(_alice.Groups.List()));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("family", -1)]
    [InlineData("family", 256)]
    public async Task A_group_without_name_or_with_a_wrong_priority_is_refused(string name, int priority) =>
        Assert.Equal(ControlErrorCodes.Invalid, (await _alice.Groups.InitAsync(new InitGroupRequest(name, priority), default)).Error?.Code);

    [Fact]
    public async Task A_router_that_is_not_enrolled_is_told_to_enrol()
    {
        using var fresh = new OneRouter(_kms.Clock);
        Assert.Equal(ControlErrorCodes.Conflict, (await fresh.Groups.InitAsync(new InitGroupRequest("family"), default)).Error?.Code);
        Assert.Equal(ControlErrorCodes.Conflict, (await fresh.JoinAsync(new string('a', 32))).Error?.Code);
        Assert.Contains("ntm enrol", (await fresh.Groups.AddAsync(new AddMemberRequest("", "bob.example.net", ""), default))!.Message, StringComparison.Ordinal);
        await fresh.Groups.RefreshAsync(waitingOnly: false, default);
    }

    [Fact]
    public async Task A_member_that_was_added_joins_at_once()
    {
        var group = await _alice.InitAsync("family");
        Assert.Null(await _alice.AddAsync(group, _bob));
        var joined = await _bob.JoinAsync($" {group.Id.ToUpperInvariant()} ");
        Assert.Equal(new Group(group.Id, "family", 128, GroupState.Member, 1), joined.Value);
        Assert.Equal(1, _bob.Changes);
        _bob.Restart();
        Assert.Equal(GroupState.Member, _bob.StateOf(group.Id));
    }

    [Fact]
    public async Task A_fingerprint_may_be_typed_in_any_form()
    {
        var group = await _alice.InitAsync("family");
        var bare = string.Concat(_bob.Fingerprint.Where(char.IsAsciiLetterOrDigit));
        foreach (var typed in new[] { bare.ToUpperInvariant(), bare.ToLowerInvariant(), string.Join(" - ", bare.Chunk(4).Select(c => new string(c))) })
        {
            Assert.Null(await _alice.AddAsync(group, _bob, typed));
        }
    }

    [Fact]
    public async Task A_wrong_fingerprint_is_refused_and_nothing_is_signed()
    {
        var group = await _alice.InitAsync("family");
        foreach (var wrong in new[] { _alice.Fingerprint, "", _bob.Fingerprint[..^1] })
        {
            var refused = await _alice.AddAsync(group, _bob, wrong);
            Assert.Equal(ControlErrorCodes.Refused, refused?.Code);
            Assert.Contains("fingerprint", refused!.Message, StringComparison.Ordinal);
        }

        Assert.Equal(GroupState.Waiting, (await _bob.JoinAsync(group.Id)).Value?.State);
    }

    [Fact]
    public async Task A_member_nobody_knows_and_a_broken_authority_are_told_apart()
    {
        var group = await _alice.InitAsync("family");
        Assert.Equal(ControlErrorCodes.NotFound, await AddAsync(group.Authority, "carol.example.net"));
        Assert.Equal(ControlErrorCodes.Invalid, await AddAsync(group.Authority, "bob.example.org"));
        Assert.Equal(ControlErrorCodes.Invalid, await AddAsync(group.Authority[..^8], "bob.example.net"));
        Assert.Equal(ControlErrorCodes.Invalid, await AddAsync("", "bob.example.net"));
        Assert.Null(await AddAsync(group.Authority, "Bob.Example.Net."));
        await _kms.GoAwayAsync();
        Assert.Equal(ControlErrorCodes.Unavailable, await AddAsync(group.Authority, "bob.example.net"));

        async Task<string?> AddAsync(string authority, string member) =>
            (await _alice.Groups.AddAsync(new AddMemberRequest(authority, member, _bob.Fingerprint), default))?.Code;
    }

    [Fact]
    public async Task Who_joins_before_the_owner_has_signed_waits()
    {
        var group = await _alice.InitAsync("family");
        Assert.Equal(new Group(group.Id, "", 0, GroupState.Waiting, 0), (await _bob.JoinAsync(group.Id)).Value);
        _bob.Restart();
        await _bob.Groups.RefreshAsync(waitingOnly: true, default);
        Assert.Equal(GroupState.Waiting, _bob.StateOf(group.Id));
        Assert.Equal(0, _bob.Changes);
        await _alice.AddAsync(group, _bob);
        await _bob.Groups.RefreshAsync(waitingOnly: true, default);
        Assert.Equal(GroupState.Member, _bob.StateOf(group.Id));
        Assert.Equal(1, _bob.Changes);
    }

    [Fact]
    public async Task Who_joins_while_the_key_server_is_away_waits()
    {
        var group = await _alice.InitAsync("family");
        await _alice.AddAsync(group, _bob);
        await _kms.GoAwayAsync();
        Assert.Equal(GroupState.Waiting, (await _bob.JoinAsync(group.Id)).Value?.State);
        var away = await Assert.ThrowsAsync<KeyServerException>(() => _bob.Groups.RefreshAsync(waitingOnly: true, default));
        Assert.Equal(KeyServerException.Unreachable, away.Type);
        await _kms.ComeBackAsync();
        await _bob.Groups.RefreshAsync(waitingOnly: true, default);
        Assert.Equal(GroupState.Member, _bob.StateOf(group.Id));
    }

    [Fact]
    public async Task A_member_that_joins_again_stays_a_member_whatever_the_key_server_says()
    {
        var group = await _alice.InitAsync("family");
        Assert.Equal(GroupState.Member, (await _alice.JoinAsync(group.Id)).Value?.State); // the KMS has no package of the maker
        await DepositForOldKeysAsync(_alice, group);
        Assert.Equal(ControlErrorCodes.Refused, (await _alice.JoinAsync(group.Id)).Error?.Code);
        Assert.Equal(GroupState.Member, _alice.StateOf(group.Id));
        _alice.Restart();
        Assert.Equal(GroupState.Member, _alice.StateOf(group.Id));
    }

    [Fact]
    public async Task A_group_whose_package_is_of_no_use_keeps_no_other_group_waiting()
    {
        var (bad, good) = (await _alice.InitAsync("bad"), await _alice.InitAsync("good"));
        await _bob.JoinAsync(bad.Id);
        await _bob.JoinAsync(good.Id);
        await DepositForOldKeysAsync(_bob, bad);
        await _alice.AddAsync(good, _bob);
        var failure = await Assert.ThrowsAsync<KeyServerException>(() => _bob.Groups.RefreshAsync(waitingOnly: true, default));
        Assert.Contains(bad.Id, failure.Message, StringComparison.Ordinal);
        Assert.Equal(GroupState.Member, _bob.StateOf(good.Id));
        Assert.Equal(GroupState.Waiting, _bob.StateOf(bad.Id));
    }

    [Fact]
    public async Task A_member_takes_a_newer_package_by_itself()
    {
        var group = await _alice.InitAsync("family");
        await _alice.AddAsync(group, _bob);
        await _bob.JoinAsync(group.Id);
        using var authority = Import(group);
        authority.Renew(SystemRandom.Instance);
        using (var client = _kms.Client())
        {
            await client.PutPackageAsync(group.Id, _bob.Name, Admit(authority, _bob), default);
        }

        await _bob.Groups.RefreshAsync(waitingOnly: true, default);
        Assert.Equal(1, Assert.Single(_bob.Groups.List()).Epoch);
        await _bob.Groups.RefreshAsync(waitingOnly: false, default);
        Assert.Equal(2, Assert.Single(_bob.Groups.List()).Epoch);
        Assert.Equal(2, _bob.Changes);
    }

    [Fact]
    public async Task A_membership_that_is_over_is_shown_as_expired()
    {
        var group = await _alice.InitAsync("family");
        _kms.Clock.Advance(TimeSpan.FromDays((2 * 365) + 1));
        Assert.Equal(GroupState.Expired, _alice.StateOf(group.Id));
        _alice.Restart();
        Assert.Equal(GroupState.Expired, _alice.StateOf(group.Id));
    }

    [Fact]
    public async Task A_group_is_left_by_id_or_by_name()
    {
        var (one, two) = (await _alice.InitAsync("one"), await _alice.InitAsync("two"));
        Assert.Null(await _alice.Groups.LeaveAsync(one.Id, default));
        Assert.Null(await _alice.Groups.LeaveAsync("two", default));
        Assert.Equal(4, _alice.Changes);
        foreach (var unknown in new[] { two.Id, "two", "../identity", "" })
        {
            Assert.Equal(ControlErrorCodes.NotFound, (await _alice.Groups.LeaveAsync(unknown, default))?.Code);
        }

        _alice.Restart();
        Assert.Empty(_alice.Groups.List());
    }

    [Fact]
    public async Task A_name_that_two_groups_bear_leaves_neither()
    {
        await _alice.InitAsync("family");
        await _alice.InitAsync("family");
        Assert.Equal(ControlErrorCodes.NotFound, (await _alice.Groups.LeaveAsync("family", default))?.Code);
        Assert.Equal(2, _alice.Groups.List().Count);
    }

    [Fact]
    public async Task A_group_with_a_damaged_file_can_be_left_and_joined_again()
    {
        var group = await _alice.InitAsync("family");
        await _alice.AddAsync(group, _bob);
        await _bob.JoinAsync(group.Id);
        _bob.Directory.Damage("state", "groups", $"{group.Id}.group");
        _bob.Restart();
        Assert.Single(_bob.Keys.Problems);
        Assert.Null(await _bob.Groups.LeaveAsync(group.Id, default));
        Assert.Empty(_bob.Keys.Problems);
        Assert.Equal(GroupState.Member, (await _bob.JoinAsync(group.Id)).Value?.State);
    }

    [Theory]
    [InlineData("family")]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData("../../0123456789abcdef0123456789")]
    public async Task What_is_no_group_id_cannot_be_joined(string id) =>
        Assert.Equal(ControlErrorCodes.Invalid, (await _bob.JoinAsync(id)).Error?.Code);

    // A package that the KMS takes, since the identity is right, but that was sealed for another X25519 key.
    private async Task DepositForOldKeysAsync(OneRouter member, NewGroup group)
    {
        using var authority = Import(group);
        using var old = NodeIdentity.Create(SystemRandom.Instance);
        var package = authority.Admit(
            member.Name, member.Keys.Identity.Signing.PublicKey, old.Static.PublicKey, MemberRole.Router, End, SystemRandom.Instance);
        using var client = _kms.Client();
        await client.PutPackageAsync(group.Id, member.Name, package, default);
    }

    private DateTimeOffset End => _kms.Clock.GetUtcNow().AddDays(900);

    private byte[] Admit(GroupAuthority authority, OneRouter member) => authority.Admit(
        member.Name, member.Keys.Identity.Signing.PublicKey, member.Keys.Identity.Static.PublicKey, MemberRole.Router, End, SystemRandom.Instance);

    private static GroupAuthority Import(NewGroup group)
    {
        Assert.Equal(KeyFileProblem.None, GroupAuthority.Import(Convert.FromBase64String(group.Authority), out var authority));
        return authority!;
    }
}
