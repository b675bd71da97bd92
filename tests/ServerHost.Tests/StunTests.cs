using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using NTMobile.ServerHost.Composition;
using NTMobile.ServerHost.Configuration;
using NTMobile.Wire.Stun;

namespace NTMobile.ServerHost.Tests;

public sealed class StunTests(OneServer one) : IDisposable
{
    private const int StunPort = 13478;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Machine _first = new();
    private readonly Machine _second = new();
    private readonly UdpClient _asker = new(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _asker.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task The_port_of_the_sessions_answers_STUN_without_any_setting()
    {
        (Endpoint from, StunResponse response) = await AskAsync(Endpoint.Parse(one.Machine.Ds), new StunRequest(NewTransaction()));

        Assert.Equal(one.Machine.Ds, from.ToString());
        Assert.Equal(new StunResponse(response.Transaction, Own) { Origin = from }, response);
        JsonElement status = (await one.Server.StatusAsync()).GetProperty("ds");
        Assert.Equal([one.Machine.Ds], status.GetProperty("stun").EnumerateArray().Select(socket => socket.GetString()));
        Assert.NotEqual(0, status.GetProperty("stunAnswered").GetInt64());
    }

    [Fact]
    public async Task Four_sockets_answer_from_the_address_and_port_that_are_wanted()
    {
        _first.Configure(ds: $$""", "stunPort": {{StunPort}}, "secondAddress": "{{_second.Address}}" """);
        await using RunningServer server = await RunningServer.StartAsync(_first);
        Endpoint[] places = [.. new[] { _first.Ds, $"{_first.Address}:{StunPort}", _second.Ds, $"{_second.Address}:{StunPort}" }.Select(place => Endpoint.Parse(place))];
        for (int i = 0; i < 16; i++)
        {
            int place = i & 3;
            var request = new StunRequest(NewTransaction()) { ChangePort = (i & 4) != 0, ChangeAddress = (i & 8) != 0 };
            (Endpoint from, StunResponse response) = await AskAsync(places[place], request);

            Assert.Equal(places[place ^ (i >> 2)], from);
            Assert.Equal(new StunResponse(request.Transaction, Own) { Origin = from, Other = places[place ^ 3] }, response);
        }

        await _asker.SendAsync("no STUN at all"u8.ToArray(), places[1].ToIPEndPoint());
        await AskAsync(places[1], new StunRequest(NewTransaction()));
        JsonElement status = (await server.StatusAsync()).GetProperty("ds");
        Assert.Equal(17, status.GetProperty("stunAnswered").GetInt64());
        Assert.Equal(1, status.GetProperty("drops").GetProperty("stunMalformed").GetInt64());
        Assert.Equal(4, status.GetProperty("stun").GetArrayLength());
    }

    [Fact]
    public async Task A_STUN_port_in_use_is_named_with_its_key()
    {
        using var other = new UdpClient(new IPEndPoint(IPAddress.Parse(_first.Address), StunPort));
        _first.Configure(ds: $$""", "stunPort": {{StunPort}}""");
        Finished ended = await _first.CommandAsync("run");

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"ds.stunPort: {_first.Address}:{StunPort} (UDP) is in use by another program", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:4330", "", "192.0.2.1:4330")]
    [InlineData("0.0.0.0:4330", """, "stunPort": 3478""", "192.0.2.1:4330 192.0.2.1:3478")]
    [InlineData("10.0.0.1:4330", """, "stunPort": 3478, "secondAddress": "192.0.2.2" """, "192.0.2.1:4330 192.0.2.1:3478 192.0.2.2:4330 192.0.2.2:3478")]
    [InlineData(
        "10.0.0.1:4330", """, "stunPort": 3478, "secondAddress": "10.0.0.2", "secondPublicAddress": "192.0.2.3" """,
        "192.0.2.1:4330 192.0.2.1:3478 192.0.2.3:4330 192.0.2.3:3478")]
    public void Askers_are_told_the_public_addresses(string listen, string more, string places)
    {
        ServerConfig config = ConfigReader.Parse($$"""{ "zone": "ntm.test", "publicAddress": "192.0.2.1", "ds": { "listen": "{{listen}}"{{more}} } }""");

        Assert.Equal(places, string.Join(' ', new Advertised(config).StunPlaces));
    }

    private Endpoint Own => Endpoint.From(IPAddress.Loopback, ((IPEndPoint)_asker.Client.LocalEndPoint!).Port);

    private static StunTransaction NewTransaction() => StunTransaction.Create(RandomNumberGenerator.GetBytes(StunTransaction.RandomSize));

    private async Task<(Endpoint From, StunResponse Response)> AskAsync(Endpoint server, StunRequest request)
    {
        byte[] datagram = new byte[StunRequest.MaximumSize];
        await _asker.SendAsync(datagram.AsMemory(0, request.Write(datagram)), server.ToIPEndPoint());
        using var late = new CancellationTokenSource(Patience);
        UdpReceiveResult received = await _asker.ReceiveAsync(late.Token);
        return (Endpoint.From(received.RemoteEndPoint.Address, received.RemoteEndPoint.Port), Read(received.Buffer, request.Transaction));
    }

    private static StunResponse Read(byte[] datagram, StunTransaction transaction)
    {
        Assert.True(StunMessage.TryRead(datagram, out StunMessage message));
        Assert.True(StunResponse.TryRead(message, out StunResponse response));
        Assert.Equal(transaction, response.Transaction);
        return response;
    }
}
