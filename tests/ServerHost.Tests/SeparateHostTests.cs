using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Composition;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Tests;

public sealed class SeparateHostTests(OneServer one) : IDisposable
{
    private readonly Machine _main = new();
    private readonly Machine _relay = new Machine().Configure("\"rs\"");

    public void Dispose()
    {
        _main.Dispose();
        _relay.Dispose();
    }

    [Fact]
    public async Task A_relay_on_another_host_is_enrolled_by_a_token_and_serves_the_DS()
    {
        Finished early = await _relay.CommandAsync("run");
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("ntm-server token --name rs.ntm.test --role rs", early.Error, StringComparison.Ordinal);

        string key = await EnrolRelayAsync();
        await using RunningServer relay = await RunningServer.StartAsync(_relay);
        _main.Configure("\"ds\", \"kms\"", $$""", "relays": [{ "address": "{{_relay.Rs}}", "key": "{{key}}" }]""");
        await using RunningServer main = await RunningServer.StartAsync(_main);
        await UntilAsync(async () => (await main.StatusAsync()).GetProperty("ds").GetProperty("relays").GetProperty(_relay.Rs).GetBoolean());
        Assert.Equal(key, (await relay.StatusAsync()).GetProperty("rs").GetProperty("publicKey").GetString());
    }

    [Fact]
    public async Task The_certificate_of_another_host_is_renewed_when_a_third_of_its_life_is_left()
    {
        var role = new ServerRole("rs", "rs3.ntm.test", CertificateRole.RelayServer);
        using NodeIdentity keys = NodeIdentity.Create(SystemRandom.Instance);
        EnrolAnswer enrolled = await ProviderEnrolment.EnrolAsync(await one.Server.TokenAsync("rs3", "rs"), keys, role.Certified, null, default);
        string file = Path.Combine(_relay.Folder, "rs3.enrolment");
        EnrolledProvider.Save(file, enrolled);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(59));
        EnrolledProvider provider = EnrolledProvider.Open(file, role, keys, time, NullLogger.Instance);
        Assert.Equal(enrolled.Certificate, await provider.CertificateAsync(default));

        time.Advance(TimeSpan.FromDays(2));

        byte[] renewed = await provider.CertificateAsync(default);
        Assert.NotEqual(enrolled.Certificate, renewed);
        EnrolledProvider later = EnrolledProvider.Open(file, role, keys, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(renewed, await later.CertificateAsync(default));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            await Task.Delay(50, late.Token);
        }
    }

    private async Task<string> EnrolRelayAsync()
    {
        _main.Configure("\"ds\", \"kms\"");
        await using RunningServer main = await RunningServer.StartAsync(_main);
        EnrolmentToken forAnother = await main.TokenAsync("rs2", "rs");
        Finished refused = await _relay.CommandAsync("enrol", forAnother.Encode());
        Assert.Contains("the token is for rs2.ntm.test; this server is rs.ntm.test (rs)", refused.Error, StringComparison.Ordinal);
        Finished enrolled = await _relay.CommandAsync("enrol", (await main.TokenAsync("rs", "rs")).Encode());
        Assert.Equal((0, ""), (enrolled.ExitCode, enrolled.Error));
        return enrolled.Output.Split(' ')[^1];
    }
}
