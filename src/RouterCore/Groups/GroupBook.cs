using System.Diagnostics.CodeAnalysis;
using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.RouterCore.Groups;

/// <summary>The groups that this node is in.</summary>
internal sealed class GroupBook
{
    private IReadOnlyList<GroupMembership> _groups = [];

    public IReadOnlyList<GroupMembership> All => _groups;

    /// <summary>Replaces the groups; more than a bundle has room for are left out, the least important first.</summary>
    public void Set(IEnumerable<GroupMembership> groups) =>
        _groups = [.. groups.OrderBy(g => g.Priority).ThenBy(IdOf, StringComparer.Ordinal).Take(NodeBundle.TagCount)];

    /// <summary>A group's id as people and shares write it.</summary>
    public static string IdOf(GroupMembership group) => GroupId.Text(group.Id);

    /// <summary>This node's signed bundle.</summary>
    public byte[] BuildBundle(NodeSettings settings, ulong serial, IRandom random)
    {
        ulong[] tags = [.. _groups.Select(g => GroupTag.Compute(g.GroupKey, settings.Name, 0, serial))];
        return BundleSignature.Create(settings.Identity, settings.Name, serial, 0, tags, random);
    }

    /// <summary>Our candidates as members of the groups in our bundle may read them.</summary>
    public byte[] Seal(ReadOnlySpan<byte> ownBundle, Candidate[] candidates, IRandom random) =>
        NodeBundle.TryRead(ownBundle, out var own) ? SealedCandidates.Seal(own, _groups, candidates, random) : [];

    /// <summary>Reads a peer's bundle and checks its signature.</summary>
    public static NodeBundle? ReadBundle(ReadOnlySpan<byte> bytes) =>
        NodeBundle.TryRead(bytes, out var bundle) && BundleSignature.Verify(bytes) ? bundle : null;

    /// <summary>The group by which both ends authenticate.</summary>
    /// <param name="ownBundle">Our bundle as the peer has it.</param>
    /// <param name="peer">The peer's.</param>
    /// <param name="common">The group, or null: there is none.</param>
    public bool TryChoose(ReadOnlySpan<byte> ownBundle, NodeBundle peer, [NotNullWhen(true)] out CommonGroup? common)
    {
        common = null;
        return NodeBundle.TryRead(ownBundle, out var own) && CommonGroup.TryChoose(_groups, own, peer, out common);
    }
}
