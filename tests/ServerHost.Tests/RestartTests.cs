using System.Text.Json;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Tests;

public sealed class RestartTests : IDisposable
{
    private readonly Machine _machine = new Machine().Configure();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task After_kill_9_provider_keys_tokens_certificates_and_registered_names_are_still_there()
    {
        EnrolmentToken unused;
        LoopbackNode alice;
        JsonElement before;
        await using (RunningServer first = await RunningServer.StartAsync(_machine))
        {
            alice = await LoopbackNode.EnrolAsync(await first.TokenAsync("alice"));
            unused = await first.TokenAsync("bob");
            await alice.ConnectAsync(alice.Ds);
            await alice.RegisterAsync("nas");
            await Task.Delay(1500); // registrations are written once a second
            before = await first.StatusAsync();
            await first.KillAsync();
        }

        Assert.True(File.Exists(_machine.ControlSocket)); // the killed server's
        await using RunningServer second = await RunningServer.StartAsync(_machine);
        JsonElement after = await second.StatusAsync();
        Assert.Equal(Known(before), Known(after));
        Assert.Equal(1, after.GetProperty("ds").GetProperty("nodesKnown").GetInt32());
        using NodeIdentity thief = NodeIdentity.Create(SystemRandom.Instance);
        var refused = await Assert.ThrowsAsync<KeyServerException>(
            () => ProviderEnrolment.EnrolAsync(alice.Token, thief, CertificateRole.Node, null, default));
        Assert.Equal(Problem.TokenUsed, refused.Type);
        using LoopbackNode bob = await LoopbackNode.EnrolAsync(unused);
        Assert.Equal(alice.Provider.ProviderKey, bob.Provider.ProviderKey);
        using var client = new KeyServerClient(alice.Provider.KeyServer);
        Assert.Equal(alice.Provider.Certificate, await client.GetCertificateAsync("alice.ntm.test", default));

        (int exitCode, TimeSpan took) = await second.StopAsync();
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.False(File.Exists(_machine.ControlSocket));
        alice.Dispose();
    }

    // What nodes have pinned.
    private static string[] Known(JsonElement status) =>
    [
        status.GetProperty("ds").GetProperty("publicKey").GetString()!,
        status.GetProperty("rs").GetProperty("publicKey").GetString()!,
        status.GetProperty("kms").GetProperty("pin").GetString()!,
    ];
}
