using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.Servers.Tests.KeyServer;

public sealed class EnrolmentTests : IAsyncDisposable
{
    private readonly TestKeyServer _kms = new();
    private readonly NodeIdentity _node = NodeIdentity.Create(SystemRandom.Instance);
    private readonly NodeIdentity _other = NodeIdentity.Create(SystemRandom.Instance);

    public ValueTask DisposeAsync() => _kms.DisposeAsync();

    [Fact]
    public void A_token_becomes_a_certificate_for_its_name_and_role_whatever_the_request_says()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        var request = CertificateRequest.Create(_node, "ds.example", CertificateRole.DirectionServer);
        var answer = _kms.Role.Enrol(new EnrolRequest(token.Secret, request)).Value!;
        var certificate = Verify(answer.Certificate)!;
        Assert.Equal(("bag.example", CertificateRole.Node), (certificate.Name, certificate.Role));
        Assert.Equal(_node.Signing.PublicKey.ToArray(), certificate.IdentityKey);
        Assert.Equal(TestKeyServer.Start.AddDays(90), certificate.NotAfter);
        Assert.Equal("example", answer.Zone);
        Assert.Equivalent(TestKeyServer.DirectionServer, Assert.Single(answer.DirectionServers), strict: true);
        Assert.Equal(answer.Certificate, _kms.Role.FindCertificate("bag.example"));
    }

    [Fact]
    public void A_token_used_by_another_node_is_refused_with_its_reason()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        Assert.True(Enrol(token.Secret, _node).IsGiven);
        Assert.Equal(Problem.TokenUsed, Enrol(token.Secret, _other).Refusal?.Type);
    }

    [Fact]
    public void A_node_whose_answer_was_lost_may_ask_again_also_after_a_restart()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        Assert.True(Enrol(token.Secret, _node).IsGiven);
        _kms.Reopen();
        Assert.True(Enrol(token.Secret, _node).IsGiven);
        Assert.Equal(Problem.TokenUsed, Enrol(token.Secret, _other).Refusal?.Type);
    }

    [Fact]
    public async Task Of_many_nodes_with_one_token_at_the_same_time_one_is_enrolled()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(
            () => Enrol(token.Secret, NodeIdentity.Create(SystemRandom.Instance)))));
        Assert.Single(answers, answer => answer.IsGiven);
        Assert.Equal(11, answers.Count(answer => answer.Refusal?.Type == Problem.TokenUsed));
    }

    [Fact]
    public void A_token_is_worth_nothing_after_a_day()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        _kms.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(Problem.TokenExpired, Enrol(token.Secret, _node).Refusal?.Type);
    }

    [Fact]
    public void An_invented_token_is_refused() => Assert.Equal(Problem.TokenUnknown, Enrol(new byte[16], _node).Refusal?.Type);

    [Fact]
    public void The_secret_of_a_token_is_not_in_the_store()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        Assert.Equal(32, token.TlsPin.Length);
        foreach (var stored in _kms.Store.Tokens.All)
        {
            Assert.DoesNotContain(Convert.ToHexStringLower(token.Secret), stored.SecretHash, StringComparison.Ordinal);
        }

        _kms.Store.Dispose();
        foreach (var file in Directory.GetFiles(_kms.Directory))
        {
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(token.Secret));
        }
    }

    [Theory]
    [InlineData("bag.elsewhere")]
    [InlineData("example")]
    [InlineData("Bag.example")]
    public void A_token_for_a_name_outside_the_zone_is_our_own_mistake(string name) =>
        Assert.Throws<ArgumentException>(() => _kms.Role.CreateToken(name, CertificateRole.Node));

    [Fact]
    public void A_request_that_its_key_has_not_signed_is_refused_and_costs_no_token()
    {
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node);
        var request = CertificateRequest.Create(_node, "bag.example", CertificateRole.Node);
        request[^1] ^= 1;
        Assert.Equal(Problem.BadRequest, _kms.Role.Enrol(new EnrolRequest(token.Secret, request)).Refusal?.Type);
        Assert.True(Enrol(token.Secret, _node).IsGiven);
    }

    [Fact]
    public void A_certificate_is_renewed_for_its_own_key_until_it_ends()
    {
        var first = EnrolNode();
        _kms.Clock.Advance(TimeSpan.FromDays(60));
        var second = Renew(first, _node).Value!.Certificate;
        Assert.Equal(TestKeyServer.Start.AddDays(150), Verify(second)!.NotAfter);
        Assert.Equal(Problem.CertificateRefused, Renew(second, _other).Refusal?.Type);
        _kms.Clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal(Problem.CertificateRefused, Renew(second, _node).Refusal?.Type);
    }

    [Fact]
    public void A_certificate_that_a_later_enrolment_replaced_is_not_renewed()
    {
        var old = EnrolNode();
        Assert.True(Enrol(_kms.Role.CreateToken("bag.example", CertificateRole.Node).Secret, _other).IsGiven);
        Assert.Equal(Problem.CertificateRefused, Renew(old, _node).Refusal?.Type);
    }

    [Fact]
    public async Task A_certificate_of_another_provider_is_not_renewed()
    {
        await using var elsewhere = new TestKeyServer();
        var token = elsewhere.Role.CreateToken("bag.example", CertificateRole.Node);
        EnrolNode();
        var foreign = elsewhere.Role.Enrol(new EnrolRequest(token.Secret, Request(_node))).Value!.Certificate;
        Assert.Equal(Problem.CertificateRefused, Renew(foreign, _node).Refusal?.Type);
    }

    [Fact]
    public void A_server_in_the_same_process_keeps_its_certificate_until_two_thirds_are_over()
    {
        var first = _kms.Role.CertifyOwn(_node, "ds.example", CertificateRole.DirectionServer);
        _kms.Clock.Advance(TimeSpan.FromDays(59));
        Assert.Equal(first, _kms.Role.CertifyOwn(_node, "ds.example", CertificateRole.DirectionServer));
        Assert.NotEqual(first, _kms.Role.CertifyOwn(_other, "ds.example", CertificateRole.DirectionServer));
        _kms.Clock.Advance(TimeSpan.FromDays(2));
        Assert.NotEqual(first, _kms.Role.CertifyOwn(_node, "ds.example", CertificateRole.DirectionServer));
    }

    [Fact]
    public void The_keys_are_made_once_and_readable_by_the_owner_only()
    {
        var (key, pin) = (_kms.Role.ProviderKey.ToArray(), _kms.Role.Tls.Pin);
        _kms.Reopen();
        Assert.Equal(key, _kms.Role.ProviderKey.ToArray());
        Assert.Equal(pin, _kms.Role.Tls.Pin);
        Assert.All(Directory.GetFiles(_kms.Directory, "*.key"), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("provider-ca.key")]
    [InlineData("kms-tls.key")]
    public void A_damaged_key_stops_the_role_and_is_not_made_anew(string name)
    {
        var path = Path.Combine(_kms.Directory, name);
        var bytes = File.ReadAllBytes(path);
        bytes[20] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(KeyFileFault.Damaged, Assert.Throws<KeyFileException>(_kms.Reopen).Fault);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_missing_key_of_the_CA_is_not_made_anew_when_certificates_were_issued_with_it()
    {
        EnrolNode();
        File.Delete(Path.Combine(_kms.Directory, "provider-ca.key"));
        Assert.Equal(KeyFileFault.Missing, Assert.Throws<KeyFileException>(_kms.Reopen).Fault);
    }

    private static byte[] Request(NodeIdentity node) => CertificateRequest.Create(node, "bag.example", CertificateRole.Node);

    private NTMobile.KeyServer.Answer<EnrolAnswer> Enrol(byte[] secret, NodeIdentity node) => _kms.Role.Enrol(new EnrolRequest(secret, Request(node)));

    private NTMobile.KeyServer.Answer<EnrolAnswer> Renew(byte[] certificate, NodeIdentity node) => _kms.Role.Renew(new RenewRequest(certificate, Request(node)));

    private byte[] EnrolNode() => Enrol(_kms.Role.CreateToken("bag.example", CertificateRole.Node).Secret, _node).Value!.Certificate;

    private ProviderCertificate? Verify(byte[] der) =>
        CertificateVerifier.TryVerify(der, _kms.Role.ProviderKey.Span, _kms.Clock.GetUtcNow(), out var certificate, out _) ? certificate : null;
}
