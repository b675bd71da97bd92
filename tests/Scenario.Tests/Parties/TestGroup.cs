using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>A group as its owner makes it.</summary>
internal sealed class TestGroup(string name, SeededRandom random, TimeProvider time)
{
    private readonly GroupAuthority _authority = GroupAuthority.Create(name, 0, random);

    public string Name { get; } = name;

    public string Id => GroupId.Text(_authority.Id);

    /// <summary>What the owner gives to a new member, opened by it.</summary>
    public GroupMembership Admit(string node, NodeIdentity keys)
    {
        var now = time.GetUtcNow();
        var package = _authority.Admit(node, keys.Signing.PublicKey, keys.Static.PublicKey, MemberRole.Router, now.AddDays(365), random);
        return GroupMembership.TryOpen(package, keys, node, now, out var membership, out var refusal)
            ? membership
            : throw new InvalidOperationException($"{refusal}");
    }
}
