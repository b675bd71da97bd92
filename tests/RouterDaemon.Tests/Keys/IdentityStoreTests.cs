using NTMobile.RouterDaemon.Keys;
using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Security;

namespace NTMobile.RouterDaemon.Tests.Keys;

public sealed class IdentityStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_identity_is_made_once_for_its_owner_only()
    {
        string first;
        using (var keys = Open())
        {
            first = keys.Identity.Fingerprint;
            Assert.Null(keys.Provider);
            Assert.Empty(keys.Problems);
        }

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_directory["state", "identity.key"]));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory["state"]));
        using var again = Open();
        Assert.Equal(first, again.Identity.Fingerprint);
    }

    [Fact]
    public void A_damaged_identity_stops_the_service_and_is_left_as_it_was()
    {
        Open().Dispose();
        var damaged = _directory.Damage("state", "identity.key");
        var stop = Assert.Throws<IdentityException>(Open);
        Assert.Contains(_directory["state", "identity.key"], stop.Message, StringComparison.Ordinal);
        Assert.Contains("backup", stop.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(_directory["state", "identity.key"]));
    }

    [Fact]
    public void An_identity_that_others_may_read_stops_the_service()
    {
        Open().Dispose();
        File.SetUnixFileMode(_directory["state", "identity.key"], OwnerOnly | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<IdentityException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("provider.ntm")]
    [InlineData("groups/0123456789abcdef0123456789abcdef.group")]
    [InlineData("groups/0123456789abcdef0123456789abcdef.waiting")]
    public void A_missing_identity_is_not_made_anew_where_one_was_used(string trace)
    {
        Directory.CreateDirectory(_directory["state", "groups"]);
        File.WriteAllBytes(_directory["state", trace], []);
        Assert.Contains("does not exist", Assert.Throws<IdentityException>(Open).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["state", "identity.key"]));
    }

    [Fact]
    public async Task A_damaged_provider_file_is_named_and_a_new_enrolment_mends_it()
    {
        await using var kms = await KeyServerHost.StartAsync();
        using var router = await OneRouter.EnrolAsync(kms, "bag");
        var group = await router.InitAsync("family");
        var damaged = router.Directory.Damage("state", "provider.ntm");
        var fingerprint = router.Fingerprint;
        router.Restart();
        Assert.Null(router.Keys.Provider);
        Assert.Equal(fingerprint, router.Fingerprint);
        Assert.Contains("provider.ntm", Assert.Single(router.Keys.Problems), StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(router.Directory["state", "provider.ntm"]));

        await router.Enroller.EnrolAsync(kms.Token("bag"), default);
        Assert.Empty(router.Keys.Problems);
        Assert.Equal(Control.GroupState.Member, router.StateOf(group.Id));
    }

    [Fact]
    public async Task A_provider_file_of_another_identity_is_named_and_not_used()
    {
        await using var kms = await KeyServerHost.StartAsync();
        using var router = await OneRouter.EnrolAsync(kms, "bag");
        using var other = await OneRouter.EnrolAsync(kms, "van");
        File.Copy(other.Directory["state", "provider.ntm"], router.Directory["state", "provider.ntm"], overwrite: true);
        router.Restart();
        Assert.Null(router.Keys.Provider);
        Assert.Contains("another identity", Assert.Single(router.Keys.Problems), StringComparison.Ordinal);
    }

    private IdentityStore Open() => IdentityStore.Open(_directory["state"], SystemRandom.Instance, TimeProvider.System);
}
