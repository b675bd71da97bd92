using System.Net;
using System.Text.Json;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Tests;

public sealed class EnrolmentTests(OneServer one)
{
    [Fact]
    public async Task A_token_enrols_one_router_over_HTTPS_and_tells_it_all_of_its_provider()
    {
        using LoopbackNode alice = await one.EnrolAsync("alice");
        EnrolAnswer answer = alice.Provider;
        Assert.Equal(Machine.Zone, answer.Zone);
        DirectionServerEntry ds = Assert.Single(answer.DirectionServers);
        Assert.Equal(("ds.ntm.test", one.Machine.Ds), (ds.Name, ds.Endpoint));
        var status = await one.Server.StatusAsync();
        Assert.Equal(status.GetProperty("ds").GetProperty("publicKey").GetBytesFromBase64(), ds.Key);
        using var client = new KeyServerClient(answer.KeyServer);
        Assert.Equal(answer.Certificate, await client.GetCertificateAsync("alice.ntm.test", default));
        EnrolAnswer renewed = await ProviderEnrolment.RenewAsync(client, answer.Certificate, answer.ProviderKey, alice.Keys, default);
        Assert.NotEqual(answer.Certificate, renewed.Certificate);

        using NodeIdentity thief = NodeIdentity.Create(SystemRandom.Instance);
        var refused = await Assert.ThrowsAsync<KeyServerException>(
            () => ProviderEnrolment.EnrolAsync(alice.Token, thief, CertificateRole.Node, null, default));
        Assert.Equal(Problem.TokenUsed, refused.Type);
    }

    [Fact]
    public async Task A_group_package_is_put_by_one_and_got_by_another_router()
    {
        using LoopbackNode owner = await one.EnrolAsync("owner");
        using LoopbackNode guest = await one.EnrolAsync("guest");
        using var client = new KeyServerClient(owner.Provider.KeyServer);
        byte[] request = await client.GetRequestAsync(guest.Name, default);
        Assert.True(CertificateRequest.TryRead(request, out CertificateSubject? subject));
        using GroupAuthority family = GroupAuthority.Create("family", 1, SystemRandom.Instance);
        byte[] package = family.Admit(
            guest.Name, subject.IdentityKey, subject.StaticKey, MemberRole.Router, DateTimeOffset.FromUnixTimeSeconds(4_000_000_000), SystemRandom.Instance);
        string group = Convert.ToHexStringLower(family.Id);

        await client.PutPackageAsync(group, guest.Name, package, default);

        using var other = new KeyServerClient(guest.Provider.KeyServer);
        Assert.Equal(package, await other.GetPackageAsync(group, guest.Name, default));
    }

    [Fact]
    public async Task The_command_token_prints_a_token_and_nothing_else()
    {
        Finished made = await one.Machine.CommandAsync("token", "--name", "carol");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.True(EnrolmentToken.TryParse(made.Output, out EnrolmentToken? token, out _));
        Assert.Equal(("carol.ntm.test", one.Machine.Kms), (token.NodeName, $"{token.Host}:{token.Port}"));
    }

    [Theory]
    [InlineData("ds.ntm.test", "node", "is the name of a server")]
    [InlineData("cam.alice.ntm.test", "node", "one label in front of ntm.test")]
    [InlineData("alice.example", "node", "inside the zone ntm.test")]
    [InlineData("Alice.ntm.test", "node", "inside the zone ntm.test")]
    [InlineData("rs.ntm.test", "rs", "needs no token")]
    [InlineData("alice.ntm.test", "king", "is no role")]
    public async Task A_token_that_nobody_could_use_is_refused(string name, string role, string reason)
    {
        using HttpClient control = one.Server.Control();
        using HttpResponseMessage refused = await control.PostAsync($"token?name={name}&role={role}", null);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(reason, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_token_says_why_it_is_refused()
    {
        Finished refused = await one.Machine.CommandAsync("token", "--name", "ds");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Equal("ntm-server: 'ds.ntm.test' is the name of a server; choose another one", refused.Error);
    }

    [Fact]
    public async Task The_command_status_prints_JSON_or_text()
    {
        Finished json = await one.Machine.CommandAsync("status", "--json");
        Assert.Equal((0, ""), (json.ExitCode, json.Error));
        JsonElement rs = JsonDocument.Parse(json.Output).RootElement.GetProperty("rs");
        Assert.True(rs.GetProperty("payloadBytes").TryGetInt64(out _));
        Finished text = await one.Machine.CommandAsync("status");
        Assert.Contains($"rs   {one.Machine.Rs}, key {rs.GetProperty("publicKey").GetString()}", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_control_socket_and_the_state_are_for_the_owner_alone()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(one.Machine.ControlSocket));
        string state = Path.Combine(one.Machine.Folder, "state");
        Assert.All([state, .. Directory.GetFiles(state)], file => Assert.Equal(default, File.GetUnixFileMode(file) & (UnixFileMode)0b111_111));
    }
}
