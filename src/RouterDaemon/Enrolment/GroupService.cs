using System.Security.Cryptography;
using System.Text;
using NTMobile.Control;
using NTMobile.RouterDaemon.Keys;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.RouterDaemon.Enrolment;

/// <summary>
/// Groups: made, signed for and joined here; packages go through the key server, which can neither read nor change them. The authority of a
/// group comes with the request, is used once and forgotten.
/// </summary>
/// <param name="keys">Where keys and memberships are.</param>
/// <param name="time">The clock.</param>
/// <param name="connect">Opens connections to the key server; null: the usual way.</param>
internal sealed class GroupService(IdentityStore keys, TimeProvider time, ConnectHook? connect = null) : IDisposable
{
    private const int DefaultPriority = 128;
    private static readonly TimeSpan MembershipLifetime = TimeSpan.FromDays(2 * 365);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Told when the memberships changed.</summary>
    public event Action? Changed;

    /// <summary>All groups, as the local API shows them.</summary>
    public IReadOnlyList<Group> List() =>
        [.. keys.Groups.All.Select(Shown), .. keys.Groups.Waiting.Select(id => new Group(id, "", 0, GroupState.Waiting, 0))];

    /// <summary>A group by its id or, when only one bears it, by its name; null: there is none.</summary>
    public Group? Find(string group)
    {
        var all = List();
        return all.FirstOrDefault(g => g.Id == group) ?? (all.Count(g => g.Name == group) == 1 ? all.First(g => g.Name == group) : null);
    }

    /// <summary>Makes a group with this router as its first member.</summary>
    public async Task<Result<NewGroup>> InitAsync(InitGroupRequest request, CancellationToken cancel)
    {
        if (keys.Provider is not { } provider)
        {
            return NotEnrolled();
        }

        var priority = request.Priority ?? DefaultPriority;
        if (priority is < 0 or > byte.MaxValue || Encoding.UTF8.GetByteCount(request.Name) is 0 or > GroupPackage.MaxNameBytes)
        {
            return ControlError.Invalid($"A group has a name of 1 to {GroupPackage.MaxNameBytes} bytes and a priority of 0 to 255.");
        }

        using var authority = GroupAuthority.Create(request.Name, (byte)priority, SystemRandom.Instance);
        var package = authority.Admit(
            provider.NodeName, keys.Identity.Signing.PublicKey, keys.Identity.Static.PublicKey, MemberRole.Router, End(), SystemRandom.Instance);
        await ChangeAsync(() => keys.Groups.Save(package), cancel).ConfigureAwait(false);
        var secret = authority.Export();
        var made = new NewGroup(GroupId.Text(authority.Id), Convert.ToBase64String(secret));
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }

    /// <summary>Signs a member whose fingerprint the owner has compared, and hands the package to the key server.</summary>
    public async Task<ControlError?> AddAsync(AddMemberRequest request, CancellationToken cancel)
    {
        if (keys.Provider is not { } provider)
        {
            return NotEnrolled();
        }

        if (!HostName.TryNormalize(request.Member, out var member) || !HostName.IsWithin(member, provider.Zone))
        {
            return ControlError.Invalid($"\"{request.Member}\" is no name of a router in {provider.Zone}.");
        }

        using var authority = Authority(request.Authority);
        if (authority is null)
        {
            return ControlError.Invalid("That is not a group's authority, or it is damaged.");
        }

        using var client = new KeyServerClient(provider.KeyServer, connect);
        try
        {
            var asked = await client.GetRequestAsync(member, cancel).ConfigureAwait(false);
            if (!CertificateRequest.TryRead(asked, out var subject) || subject.Name != member)
            {
                return ControlError.Refused($"The key server's answer about {member} cannot be used.");
            }

            if (!IsSame(request.Fingerprint, NodeIdentity.FingerprintOf(subject.IdentityKey)))
            {
                return ControlError.Refused($"{member} is enrolled with another fingerprint than the one given. Compare it once more; if they still differ, somebody stands between.");
            }

            var package = authority.Admit(member, subject.IdentityKey, subject.StaticKey, MemberRole.Router, End(), SystemRandom.Instance);
            await client.PutPackageAsync(GroupId.Text(authority.Id), member, package, cancel).ConfigureAwait(false);
            return null;
        }
        catch (KeyServerException e) when (e.Type == Problem.NotFound)
        {
            return ControlError.NotFound($"No router {member} is enrolled.");
        }
        catch (KeyServerException e)
        {
            return Failure(e);
        }
    }

    /// <summary>Joins a group now, or as soon as its owner has signed.</summary>
    public async Task<Result<Group>> JoinAsync(JoinGroupRequest request, CancellationToken cancel)
    {
        var id = request.Id.Trim().ToLowerInvariant();
        if (keys.Provider is null)
        {
            return NotEnrolled();
        }

        if (!IsId(id))
        {
            return ControlError.Invalid($"\"{request.Id}\" is no group id: it has {2 * MemberCertificate.GroupIdSize} hexadecimal digits.");
        }

        try
        {
            await ChangeAsync(() => keys.Groups.Wait(id), cancel).ConfigureAwait(false);
            await FetchAsync(id, cancel).ConfigureAwait(false);
            return Now(id);
        }
        catch (KeyServerException e) when (e.Type is KeyServerException.Unreachable)
        {
            return Now(id); // asked again later
        }
        catch (KeyServerException e)
        {
            // A membership that is already here stays.
            await ChangeAsync(() => keys.Groups.StopWaiting(id), CancellationToken.None).ConfigureAwait(false);
            return Failure(e);
        }
    }

    /// <summary>Leaves a group, given by id or name; its sessions end. A group whose file cannot be used is left by its id.</summary>
    public async Task<ControlError?> LeaveAsync(string id, CancellationToken cancel)
    {
        var group = Find(id)?.Id ?? id.Trim().ToLowerInvariant();
        var left = false;
        await ChangeAsync(() => left = IsId(group) && keys.Groups.Remove(group), cancel).ConfigureAwait(false);
        return left ? null : ControlError.NotFound($"This router is in no group {id}.");
    }

    /// <summary>Asks the key server for packages of groups that this router waits for, or for newer ones of its groups.</summary>
    /// <param name="waitingOnly">Leaves out the groups that it is a member of.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="KeyServerException">Nobody answered, or something unusable for one group; the others were asked for nevertheless.</exception>
    public async Task RefreshAsync(bool waitingOnly, CancellationToken cancel)
    {
        if (keys.Provider is null)
        {
            return;
        }

        KeyServerException? failure = null;
        foreach (var id in waitingOnly ? keys.Groups.Waiting : [.. keys.Groups.Waiting, .. keys.Groups.All.Select(g => GroupId.Text(g.Id))])
        {
            try
            {
                await FetchAsync(id, cancel).ConfigureAwait(false);
            }
            catch (KeyServerException e) when (e.Type == KeyServerException.WrongAnswer)
            {
                failure = e; // this group's matter alone
            }
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    // Somebody else may have left it meanwhile.
    private Result<Group> Now(string id) => Find(id) is { } group ? group : ControlError.NotFound($"This router is in no group {id}.");

    private async Task FetchAsync(string id, CancellationToken cancel)
    {
        var provider = keys.Provider!;
        using var client = new KeyServerClient(provider.KeyServer, connect);
        try
        {
            var package = await client.GetPackageAsync(id, provider.NodeName, cancel).ConfigureAwait(false);
            var refusal = PackageRefusal.None;
            await ChangeAsync(Save, cancel).ConfigureAwait(false);
            if (refusal != PackageRefusal.None)
            {
                throw new KeyServerException(KeyServerException.WrongAnswer, $"The package of group {id} was not accepted: {GroupStore.Words(refusal)}");
            }

            // While the server was asked, the owner may have left.
            void Save() => refusal = keys.Groups.IsMember(id) || keys.Groups.Waiting.Contains(id) ? keys.Groups.Save(package) : PackageRefusal.None;
        }
        catch (KeyServerException e) when (e.Type == Problem.NotFound)
        {
            // its owner has not signed yet
        }
    }

    private async Task ChangeAsync(Action change, CancellationToken cancel)
    {
        bool changed;
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var before = keys.Groups.All;
            change();
            changed = !ReferenceEquals(before, keys.Groups.All);
        }
        finally
        {
            _gate.Release();
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    private static bool IsId(string text) => text.Length == 2 * MemberCertificate.GroupIdSize && text.All(char.IsAsciiHexDigitLower);

    private DateTimeOffset End() => time.GetUtcNow() + MembershipLifetime;

    private Group Shown(GroupMembership group) => new(
        GroupId.Text(group.Id),
        group.Name,
        group.Priority,
        group.IsExpired(time.GetUtcNow()) ? GroupState.Expired : GroupState.Member,
        group.Certificate.Epoch);

    private static GroupAuthority? Authority(string base64)
    {
        var bytes = new byte[base64.Length];
        try
        {
            return Convert.TryFromBase64String(base64, bytes, out var length)
                && GroupAuthority.Import(bytes.AsSpan(0, length), out var authority) == KeyFileProblem.None
                ? authority : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // People type a fingerprint with blanks, with hyphens or without.
    private static bool IsSame(string typed, string fingerprint) => Bare(typed) == Bare(fingerprint);

    private static string Bare(string fingerprint) =>
        string.Concat(fingerprint.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static ControlError Failure(KeyServerException e) =>
        e.Type == KeyServerException.Unreachable ? ControlError.Unavailable(e.Message) : ControlError.Refused(e.Message);

    private static ControlError NotEnrolled() => ControlError.Conflict("This router is not enrolled yet: ntm enrol TOKEN");
}
