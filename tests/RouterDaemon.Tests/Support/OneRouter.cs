using NTMobile.Control;
using NTMobile.RouterDaemon.Enrolment;
using NTMobile.RouterDaemon.Keys;
using NTMobile.Security;

namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>A router's keys, enrolment and groups, without a network.</summary>
internal sealed class OneRouter : IDisposable
{
    private readonly TimeProvider _time;

    public OneRouter(TimeProvider time)
    {
        _time = time;
        Open();
    }

    public TemporaryDirectory Directory { get; } = new();

    public IdentityStore Keys { get; private set; } = null!;

    public GroupService Groups { get; private set; } = null!;

    public Enroller Enroller { get; private set; } = null!;

    /// <summary>How often the memberships changed since the last start.</summary>
    public int Changes { get; private set; }

    public string Name => Keys.Provider!.NodeName;

    public string Fingerprint => Keys.Identity.Fingerprint;

    public static async Task<OneRouter> EnrolAsync(KeyServerHost kms, string label)
    {
        var router = new OneRouter(kms.Clock);
        await router.Enroller.EnrolAsync(kms.Token(label), default);
        return router;
    }

    /// <summary>What a start of the service does.</summary>
    public void Restart()
    {
        Close();
        Open();
    }

    public async Task<NewGroup> InitAsync(string name, int? priority = null) =>
        (await Groups.InitAsync(new InitGroupRequest(name, priority), default)).Value ?? throw new InvalidOperationException("no group");

    public Task<Result<Group>> JoinAsync(string id) => Groups.JoinAsync(new JoinGroupRequest(id), default);

    public Task<ControlError?> AddAsync(NewGroup group, OneRouter member, string? fingerprint = null) =>
        Groups.AddAsync(new AddMemberRequest(group.Authority, member.Name, fingerprint ?? member.Fingerprint), default);

    public GroupState? StateOf(string id) => Groups.List().SingleOrDefault(g => g.Id == id)?.State;

    public void Dispose()
    {
        Close();
        Directory.Dispose();
    }

    private void Open()
    {
        Keys = IdentityStore.Open(Directory["state"], SystemRandom.Instance, _time);
        Groups = new GroupService(Keys, _time);
        Enroller = new Enroller(Keys, _time);
        Changes = 0;
        Groups.Changed += () => Changes++;
    }

    private void Close()
    {
        Groups.Dispose();
        Keys.Dispose();
    }
}
