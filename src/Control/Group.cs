using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>GET /api/groups: a group that this router belongs to or waits for.</summary>
/// <param name="Id">Group id, 32 hex digits.</param>
/// <param name="Name">Name that its maker chose; empty while unknown.</param>
/// <param name="Priority">Of several common groups the one with the lowest number is used; its maker chose it, 0–255.</param>
/// <param name="State">Member, or not yet.</param>
/// <param name="Epoch">Membership epoch of our certificate; 0 without one.</param>
public sealed record Group(string Id, string Name, int Priority, GroupState State, long Epoch);

/// <summary>How this router stands towards a group.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GroupState>))]
public enum GroupState
{
    /// <summary>Asked to join; the group's owner has not signed yet, or the key server was not reached.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>A valid membership certificate is here.</summary>
    [JsonStringEnumMemberName("member")]
    Member,

    /// <summary>The membership certificate has ended.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
}

/// <summary>POST /api/groups/init: make a new group.</summary>
/// <param name="Name">Name for people, 1–64 bytes.</param>
/// <param name="Priority">See <see cref="Group.Priority"/>; null: 128.</param>
public sealed record InitGroupRequest(string Name, int? Priority = null);

/// <summary>Answer to an <see cref="InitGroupRequest"/>.</summary>
/// <param name="Id">The new group's id, 32 hex digits.</param>
/// <param name="Authority">The group's signing key, base64. The CALLER keeps it safe; the router forgets it.</param>
public sealed record NewGroup(string Id, string Authority);

/// <summary>POST /api/groups/add: sign a member and hand the certificate to the key server.</summary>
/// <param name="Authority">The group's signing key, base64; used once and forgotten.</param>
/// <param name="Member">Node name in full.</param>
/// <param name="Fingerprint">The member's <see cref="RouterStatus.Fingerprint"/>, compared outside of the network.</param>
public sealed record AddMemberRequest(string Authority, string Member, string Fingerprint);

/// <summary>POST /api/groups/join: use this group as soon as its owner has signed.</summary>
/// <param name="Id">Group id, 32 hex digits.</param>
public sealed record JoinGroupRequest(string Id);

/// <summary>POST /api/enrol: become a node of a provider.</summary>
/// <param name="Token">One-time token that the provider gave.</param>
public sealed record EnrolRequest(string Token);
