using System.Net;
using System.Text;
using NTMobile.Security;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.Servers.Tests.KeyServer;

public sealed class EndpointTests : IAsyncDisposable
{
    private readonly NodeIdentity _node = NodeIdentity.Create(SystemRandom.Instance);
    private TestKeyServer _kms = new();

    public ValueTask DisposeAsync() => _kms.DisposeAsync();

    [Fact]
    public async Task A_node_enrols_and_renews_over_HTTPS_and_its_certificate_is_found_by_name()
    {
        using var client = await _kms.ServeAsync();
        var token = _kms.Role.CreateToken("bag.example", CertificateRole.Node) with { Port = _kms.Entry.Port };
        var answer = await ProviderEnrolment.EnrolAsync(token, _node, CertificateRole.Node, connect: null, default);
        Assert.Equal(answer.Certificate, await client.GetCertificateAsync("bag.example", default));
        var renewed = await ProviderEnrolment.RenewAsync(client, answer.Certificate, answer.ProviderKey, _node, default);
        Assert.NotEqual(answer.Certificate, renewed.Certificate);
        Assert.Equal(renewed.Certificate, await client.GetCertificateAsync("bag.example", default));
    }

    [Fact]
    public async Task A_server_with_another_key_than_the_pinned_one_is_told_from_one_that_is_away()
    {
        (await _kms.ServeAsync()).Dispose();
        using var misled = new KeyServerClient(_kms.Entry with { Pin = new byte[32] });
        Assert.Equal(KeyServerException.WrongKey, (await Refused(misled.GetCertificateAsync("bag.example", default))).Type);
        using var away = new KeyServerClient(_kms.Entry with { Port = 1 });
        Assert.Equal(KeyServerException.Unreachable, (await Refused(away.GetCertificateAsync("bag.example", default))).Type);
    }

    [Fact]
    public async Task What_is_not_there_is_named_by_its_problem()
    {
        using var client = await _kms.ServeAsync();
        Assert.Equal(Problem.NotFound, (await Refused(client.GetCertificateAsync("nobody.example", default))).Type);
        Assert.Equal(Problem.NotFound, (await Refused(client.GetPackageAsync(new string('a', 32), "nobody.example", default))).Type);
        Assert.Equal(Problem.TokenUnknown, (await Refused(client.EnrolAsync(
            new EnrolRequest(new byte[16], CertificateRequest.Create(_node, "bag.example", CertificateRole.Node)), default))).Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"secret\":null,\"request\":null}")]
    [InlineData("{\"secret\":\"AAAA\",\"request\":\"AAAA\"}")]
    [InlineData("{\"secret\":\"not base64\",\"request\":\"AAAA\"}")]
    [InlineData("{\"secret\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"request\":\"MAA=\"}")]
    public async Task A_body_that_is_not_what_it_should_be_is_refused(string body)
    {
        using var http = await RawClient();
        using var response = await http.PostAsync(KeyServerProtocol.Enrol, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_long_is_refused_whether_its_length_is_told_or_not(bool told)
    {
        using var http = await RawClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, KeyServerProtocol.Renew) { Content = new ByteArrayContent(new byte[KeyServerProtocol.MaximumBody + 1]) };
        request.Headers.TransferEncodingChunked = !told;
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_source_that_asks_too_often_is_told_to_wait()
    {
        await _kms.DisposeAsync();
        _kms = new TestKeyServer(settings => settings with { RequestsPerMinute = 3 });
        using var client = await _kms.ServeAsync();
        for (var request = 0; request < 3; request++)
        {
            Assert.Equal(Problem.NotFound, (await Refused(client.GetCertificateAsync("nobody.example", default))).Type);
        }

        Assert.Equal(Problem.TooManyRequests, (await Refused(client.GetCertificateAsync("nobody.example", default))).Type);
    }

    private static async Task<KeyServerException> Refused(Task asked) => await Assert.ThrowsAsync<KeyServerException>(() => asked);

    private async Task<HttpClient> RawClient()
    {
        (await _kms.ServeAsync()).Dispose();
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_kms.Entry.Port}") };
    }
}
