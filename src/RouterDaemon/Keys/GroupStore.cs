using NTMobile.Security.Identity;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon.Keys;

/// <summary>
/// This node's groups: <c>groups/ID.group</c> holds the package a membership was opened from, <c>groups/ID.waiting</c> says that the owner wants
/// to join as soon as the package is there. A file that cannot be used is named in <see cref="Problems"/> and left as it is.
/// Any thread may ask; one at a time changes.
/// </summary>
internal sealed class GroupStore(string directory, NodeIdentity identity, TimeProvider time)
{
    private const string Kind = "GRUP";
    private const string WaitingKind = "WAIT";
    private const string MemberSuffix = ".group";
    private const string WaitingSuffix = ".waiting";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private volatile IReadOnlyList<GroupMembership> _all = [];
    private volatile IReadOnlyList<string> _waiting = [];
    private volatile IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>(); // by group id
    private string _node = "";

    /// <summary>Memberships, expired ones too.</summary>
    public IReadOnlyList<GroupMembership> All => _all;

    /// <summary>Ids of groups that this node wants to join.</summary>
    public IReadOnlyList<string> Waiting => _waiting;

    /// <summary>Files that cannot be used, in words for the owner.</summary>
    public IReadOnlyList<string> Problems => [.. _problems.Values];

    /// <summary>Reads all files for a node name; memberships of another name are of no use. Without a name none can be opened.</summary>
    public void Load(string node)
    {
        _node = node;
        var all = new List<GroupMembership>();
        var problems = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Files(MemberSuffix))
        {
            try
            {
                var package = KeyFile.Read(path, Kind);
                if (node.Length == 0)
                {
                    continue; // what is amiss is the provider's record, and said there
                }

                if (Open(package, out var refusal) is { } group)
                {
                    all.Add(group);
                }
                else
                {
                    problems[IdOf(path)] = $"{path} is not used: {Words(refusal)} It was left as it is; leave the group and join it again.";
                }
            }
            catch (KeyFileException unusable)
            {
                problems[IdOf(path)] = unusable.Message;
            }
        }

        _all = all;
        _waiting = [.. Files(WaitingSuffix).Select(IdOf)];
        _problems = problems;
    }

    /// <summary>Takes a package if it is good and not older than what is there; durable when it returns.</summary>
    /// <returns>Why it was refused, or none.</returns>
    public PackageRefusal Save(byte[] package)
    {
        if (Open(package, out var refusal) is not { } group)
        {
            return refusal;
        }

        var id = GroupId.Text(group.Id);
        if (_all.FirstOrDefault(g => GroupId.Text(g.Id) == id) is { } known && !IsNewer(group, known))
        {
            StopWaiting(id);
            return PackageRefusal.None;
        }

        Directory.CreateDirectory(directory, DirectoryMode);
        KeyFile.Write(PathOf(id, MemberSuffix), Kind, package);
        StopWaiting(id);
        _all = [.. _all.Where(g => GroupId.Text(g.Id) != id), group];
        _problems = _problems.Where(p => p.Key != id).ToDictionary();
        return PackageRefusal.None;
    }

    /// <summary>Remembers that the owner wants to join a group; durable when it returns. A member does not wait.</summary>
    public void Wait(string id)
    {
        if (!IsMember(id))
        {
            Directory.CreateDirectory(directory, DirectoryMode);
            KeyFile.Write(PathOf(id, WaitingSuffix), WaitingKind, []);
            _waiting = [.. _waiting.Where(w => w != id), id];
        }
    }

    /// <summary>Forgets that the owner wanted to join.</summary>
    public void StopWaiting(string id)
    {
        File.Delete(PathOf(id, WaitingSuffix));
        _waiting = [.. _waiting.Where(w => w != id)];
    }

    /// <summary>Whether this node is in a group, in an expired one too.</summary>
    public bool IsMember(string id) => _all.Any(g => GroupId.Text(g.Id) == id);

    /// <summary>Leaves a group, one with an unusable file too, or gives up waiting for it; false: none of it was so.</summary>
    public bool Remove(string id)
    {
        var known = File.Exists(PathOf(id, MemberSuffix)) || _waiting.Contains(id);
        File.Delete(PathOf(id, MemberSuffix));
        StopWaiting(id);
        Load(_node);
        return known;
    }

    private GroupMembership? Open(byte[] package, out PackageRefusal refusal)
    {
        // An expired membership is kept and shown: the owner has to renew it, and sessions refuse it by themselves.
        GroupMembership.TryOpen(package, identity, _node, time.GetUtcNow(), out var group, out refusal);
        if (refusal == PackageRefusal.Expired)
        {
            GroupMembership.TryOpen(package, identity, _node, DateTimeOffset.UnixEpoch, out group, out refusal);
        }

        return group;
    }

    private IEnumerable<string> Files(string suffix) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*" + suffix).Order(StringComparer.Ordinal) : [];

    private static string IdOf(string path) => Path.GetFileNameWithoutExtension(path);

    private string PathOf(string id, string suffix) => Path.Combine(directory, id + suffix);

    private static bool IsNewer(GroupMembership one, GroupMembership other) =>
        (one.Certificate.Epoch, one.Certificate.NotAfter).CompareTo((other.Certificate.Epoch, other.Certificate.NotAfter)) > 0;

    /// <summary>A refusal in words.</summary>
    public static string Words(PackageRefusal refusal) => refusal switch
    {
        PackageRefusal.Malformed => "it is no group package of this version.",
        PackageRefusal.BadSignature => "it is not signed by its group.",
        PackageRefusal.NotForUs => "it was made for another router, or for this one before it got a new identity.",
        _ => "its time is over.",
    };
}
