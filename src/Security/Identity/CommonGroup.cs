using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Identity;

/// <summary>A group of which two nodes are members, found by the tags in their bundles.</summary>
/// <param name="Group">The group as we hold it.</param>
/// <param name="OwnTag">Its tag in our bundle.</param>
/// <param name="PeerTag">Its tag in the peer's.</param>
public sealed record CommonGroup(GroupMembership Group, ulong OwnTag, ulong PeerTag)
{
    /// <summary>The groups whose tags stand in a bundle.</summary>
    /// <param name="groups">Ours.</param>
    /// <param name="bundle">Anybody's.</param>
    public static IEnumerable<GroupMembership> Recognise(IEnumerable<GroupMembership> groups, NodeBundle bundle) =>
        groups.Where(group => bundle.Tags.Contains(TagOf(group, bundle)));

    /// <summary>The common group with the lowest priority number, then the smallest id: both ends come to the same, since members of a
    /// group all have the same number for it. False when there is none: the peer is refused.</summary>
    /// <param name="groups">Ours.</param>
    /// <param name="own">Our bundle as the peer was given it.</param>
    /// <param name="peer">The peer's bundle.</param>
    /// <param name="common">The group, or null.</param>
    public static bool TryChoose(IEnumerable<GroupMembership> groups, NodeBundle own, NodeBundle peer, [NotNullWhen(true)] out CommonGroup? common)
    {
        GroupMembership? best = Recognise(Recognise(groups, own), peer)
            .OrderBy(group => group.Priority).ThenBy(group => Convert.ToHexString(group.Id), StringComparer.Ordinal).FirstOrDefault();
        common = best is null ? null : new CommonGroup(best, TagOf(best, own), TagOf(best, peer));
        return common is not null;
    }

    private static ulong TagOf(GroupMembership group, NodeBundle bundle) =>
        GroupTag.Compute(group.GroupKey, bundle.Node, bundle.Epoch, bundle.Serial);
}
