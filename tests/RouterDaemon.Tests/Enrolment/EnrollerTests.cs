using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Security.Enrolment;
using NTMobile.Wire.KeyServer;

namespace NTMobile.RouterDaemon.Tests.Enrolment;

public sealed class EnrollerTests : IAsyncLifetime
{
    private KeyServerHost _kms = null!;
    private OneRouter _router = null!;

    public async ValueTask InitializeAsync()
    {
        _kms = await KeyServerHost.StartAsync();
        _router = new OneRouter(_kms.Clock);
    }

    public async ValueTask DisposeAsync()
    {
        _router.Dispose();
        await _kms.DisposeAsync();
    }

    [Fact]
    public async Task A_token_makes_the_router_a_node_also_after_a_restart()
    {
        await _router.Enroller.EnrolAsync(_kms.Token("bag").Insert(40, "\r\n  ") + "\n", default);
        var fingerprint = _router.Fingerprint;
        _router.Restart();
        Assert.Equal("bag.example.net", _router.Name);
        Assert.Equal("example.net", _router.Keys.Provider!.Zone);
        Assert.Equal("ds.example.net", Assert.Single(_router.Keys.Provider.DirectionServers).Name);
        Assert.Equal(fingerprint, _router.Fingerprint);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_router.Directory["state", "provider.ntm"]));
    }

    [Fact]
    public async Task A_mistyped_token_is_told_from_other_faults()
    {
        var token = _kms.Token("bag");
        Assert.Contains("ntm1.", await FormatAsync("hello"), StringComparison.Ordinal);
        Assert.Contains("mistyped", await FormatAsync(token[..^1]), StringComparison.Ordinal);
        Assert.Contains("mistyped", await FormatAsync(Swap(token, 30)), StringComparison.Ordinal);
        Assert.Null(_router.Keys.Provider);
        await _router.Enroller.EnrolAsync(token, default); // and nothing of it has cost the token
    }

    [Fact]
    public async Task A_used_token_is_refused_and_the_present_enrolment_stays()
    {
        var token = _kms.Token("bag");
        await _router.Enroller.EnrolAsync(token, default);
        using var thief = new OneRouter(_kms.Clock);
        var refused = await Assert.ThrowsAsync<KeyServerException>(() => thief.Enroller.EnrolAsync(token, default));
        Assert.Equal(Problem.TokenUsed, refused.Type);
        Assert.Contains("used", refused.Message, StringComparison.Ordinal);
        Assert.Null(thief.Keys.Provider);
    }

    [Fact]
    public async Task A_key_server_that_is_away_costs_no_token()
    {
        var token = _kms.Token("bag");
        await _kms.GoAwayAsync();
        var away = await Assert.ThrowsAsync<KeyServerException>(() => _router.Enroller.EnrolAsync(token, default));
        Assert.Equal(KeyServerException.Unreachable, away.Type);
        await _kms.ComeBackAsync();
        await _router.Enroller.EnrolAsync(token, default);
        Assert.Equal("bag.example.net", _router.Name);
    }

    [Fact]
    public async Task The_certificate_is_renewed_in_its_last_month()
    {
        Assert.False(await _router.Enroller.RenewAsync(default)); // not enrolled
        await _router.Enroller.EnrolAsync(_kms.Token("bag"), default);
        var first = _router.Keys.Provider!.Certificate;
        _kms.Clock.Advance(TimeSpan.FromDays(59));
        Assert.False(await _router.Enroller.RenewAsync(default));
        _kms.Clock.Advance(TimeSpan.FromDays(2));
        await _kms.GoAwayAsync();
        await Assert.ThrowsAsync<KeyServerException>(() => _router.Enroller.RenewAsync(default));
        await _kms.ComeBackAsync();
        Assert.True(await _router.Enroller.RenewAsync(default));
        _router.Restart();
        var second = ProviderEnrolment.Read(_router.Keys.Provider!.Certificate, _router.Keys.Provider.ProviderKey)!;
        Assert.NotEqual(first, _router.Keys.Provider.Certificate);
        Assert.Equal(KeyServerHost.Start.AddDays(61 + 90), second.NotAfter);
        Assert.Equal("bag.example.net", second.Name);
        Assert.False(await _router.Enroller.RenewAsync(default));
    }

    private static string Swap(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

    private async Task<string> FormatAsync(string token) =>
        (await Assert.ThrowsAsync<FormatException>(() => _router.Enroller.EnrolAsync(token, default))).Message;
}
