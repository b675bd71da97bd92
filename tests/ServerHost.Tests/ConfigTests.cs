using NTMobile.ServerHost.Configuration;

namespace NTMobile.ServerHost.Tests;

public sealed class ConfigTests(OneServer one)
{
    private const string Least = """{ "zone": "ntm.test", "publicAddress": "192.0.2.1" """;

    private const string Specific = Least + """, "ds": { "listen": "192.0.2.1:4330", "stunPort": 3478 """;

    private const string Publishing = Least + """, "rs": { "egress": { "resolver": "9.9.9.9" }, "published": """;

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        ServerConfig config = ConfigReader.Parse(Least + "}");
        Assert.Equal(["ds", "rs", "kms"], config.Roles);
        Assert.Equal(("0.0.0.0:4330", "0.0.0.0:53", "0.0.0.0:4331", "0.0.0.0:4343"), (config.Ds.Listen, config.Ds.Dns, config.Rs.Listen, config.Kms.Listen));
        Assert.Equal(("ds.ntm.test", "rs.ntm.test", "kms.ntm.test"), (config.OwnName, config.RsName, config.KmsName));
        Assert.Equal((0, null, null), (config.Ds.StunPort, config.Ds.SecondAddress, config.Ds.SecondPublicAddress));
        Assert.Equal((60, 256, "/run/ntm/server.sock"), (config.Ds.LifetimeSeconds, config.Rs.MaxSlotsPerNode, config.ControlSocket));
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("null", "null")]
    [InlineData("""{ "publicAddress": "192.0.2.1" }""", "zone: is missing")]
    [InlineData("""{ "zone": "ntm.test" }""", "publicAddress: is missing")]
    [InlineData("""{ "zone": "Ntm.test", "publicAddress": "192.0.2.1" }""", "zone: 'Ntm.test'")]
    [InlineData(Least + """, "naem": "x" }""", "naem: there is no such key")]
    [InlineData(Least + """, "ds": { "listne": "x" } }""", "ds.listne: there is no such key")]
    [InlineData(Least + """, "ds": { "relays": [{ "adress": "x" }] } }""", "ds.relays[0].adress: there is no such key")]
    [InlineData(Least + """, "ds": { "relays": [{ "address": "192.0.2.2:4331", "key": "AAAA" }] } }""", "ds.relays[0].key: must be 32 bytes")]
    [InlineData(Least + """, "ds": { "hosts": { "a.ntm.test": ["x"] } } }""", "ds.hosts.a.ntm.test: 'x'")]
    [InlineData(Least + """, "ds": { "hosts": { "a.ntm.test": null } } }""", "ds.hosts.a.ntm.test: must be a list")]
    [InlineData(Least + """, "ds": { "listen": "[::]:4330" } }""", "publicAddress: is of another kind")]
    [InlineData(Least + """, "ds": { "lifetimeSeconds": "60" } }""", "ds.lifetimeSeconds: the value has the wrong type")]
    [InlineData(Least + """, "ds": { "lifetimeSeconds": 1 } }""", "ds.lifetimeSeconds: 1 is not between")]
    [InlineData(Least + """, "ds": { "stunPort": 65536 } }""", "ds.stunPort: 65536 is not between")]
    [InlineData(Least + """, "ds": { "stunPort": 4330 } }""", "ds.stunPort: 4330 is the port of ds.listen")]
    [InlineData(Least + """, "tls": { "listen": ["192.0.2.1"] } }""", "tls.listen[0]: '192.0.2.1' is not address:port")]
    [InlineData(Least + """, "tls": { "listen": ["192.0.2.1:443", "192.0.2.1:443"] } }""", "tls.listen: names an address twice")]
    [InlineData(Least + """, "rs": { "listen": "192.0.2.2:4330" }, "tls": { "listen": ["192.0.2.1:443"] } }""", "rs.listen: has the port of ds.listen")]
    [InlineData(Least + """, "ds": { "secondAddress": "192.0.2.2" } }""", "ds.stunPort: is missing")]
    [InlineData(Least + """, "ds": { "stunPort": 3478, "secondAddress": "192.0.2.2" } }""", "ds.listen: '0.0.0.0:4330' must name one address")]
    [InlineData(Least + """, "ds": { "stunPort": 3478, "secondPublicAddress": "192.0.2.2" } }""", "ds.secondAddress: is missing")]
    [InlineData(Specific + """, "secondAddress": "x" } }""", "ds.secondAddress: 'x' is not an IP address")]
    [InlineData(Specific + """, "secondAddress": "192.0.2.1" } }""", "ds.secondAddress: '192.0.2.1' must be one address, and another")]
    [InlineData(Specific + """, "secondAddress": "0.0.0.0" } }""", "ds.secondAddress: '0.0.0.0' must be one address")]
    [InlineData(Specific + """, "secondAddress": "2001:db8::1" } }""", "ds.secondAddress: is of another kind")]
    [InlineData(Specific + """, "secondAddress": "192.0.2.2", "secondPublicAddress": "2001:db8::1" } }""", "ds.secondPublicAddress: is of another kind")]
    [InlineData(Least + """, "ds": { "listen6": "[::]:4330" } }""", "publicAddress6: is missing; ds.listen6")]
    [InlineData(Least + """, "rs": { "listen6": "[::]:4331" } }""", "rs.publicAddress6: is missing; rs.listen6")]
    [InlineData(Least + """, "rs": { "listen6": "[2001:db8::1]:4332" } }""", "rs.listen6: '[2001:db8::1]:4332' must have the port of 0.0.0.0:4331")]
    [InlineData(Least + """, "kms": { "listen6": "192.0.2.1:4343" } }""", "kms.listen6: '192.0.2.1:4343' must be of IPv6")]
    [InlineData(Least + """, "ds": { "dns6": "x" } }""", "ds.dns6: 'x' is not address:port")]
    [InlineData(Least + """, "rs": { "published": { "addresses": ["192.0.2.9"] } } }""", "rs.published: needs rs.egress")]
    [InlineData(Publishing + """{ } } }""", "rs.published.addresses: is missing")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.300"] } } }""", "rs.published.addresses: '192.0.2.300' is no IPv4 address or network")]
    [InlineData(Publishing + """{ "addresses": ["2001:db8::1"] } } }""", "rs.published.addresses: '2001:db8::1' is no IPv4 address or network")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.8/29", "192.0.2.9"] } } }""", "rs.published.addresses: names an address twice")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.9"], "reserved": ["ssh"] } } }""", "rs.published.reserved: 'ssh' is no port")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.9"], "prefix6": "fd00:5::/64" } } }""", "rs.published.prefix6: 'fd00:5::/64' is no IPv6 prefix of the Internet")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.9"], "prefix6": "2001:db8::/128" } } }""", "rs.published.prefix6: '2001:db8::/128' is no")]
    [InlineData(Publishing + """{ "addresses": ["192.0.2.9"], "devicesPerNode": 17 } } }""", "rs.published.devicesPerNode: 17 is not between")]
    [InlineData(Least + """, "rs": { "listen": "4331" } }""", "rs.listen: '4331' is not address:port")]
    [InlineData(Least + """, "rs": { "listen": "0.0.0.0:0" } }""", "rs.listen: '0.0.0.0:0' has no port")]
    [InlineData(Least + """, "rs": { "publicAddress": "2001:db8::1" } }""", "rs.publicAddress: is of another kind")]
    [InlineData(Least + """, "rs": { "name": "ds.ntm.test" } }""", "rs.name: 'ds.ntm.test' is the name of the DS")]
    [InlineData(Least + """, "kms": { "name": "kms.example" } }""", "kms.name: 'kms.example' is not inside the zone")]
    [InlineData(Least + """, "kms": null }""", "kms: null is no value")]
    [InlineData(Least + """, "roles": ["ds", "dns"] }""", "roles: 'dns' is no role")]
    [InlineData(Least + """, "roles": ["kms"] }""", "kms.directionServers: is missing")]
    public void A_mistake_is_told_with_the_keys_full_name(string json, string told) =>
        Assert.StartsWith(told, Assert.Throws<ConfigException>(() => ConfigReader.Parse(json)).Message.Replace("the file holds nothing but ", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_configuration_ends_the_program_with_2()
    {
        using Machine machine = new Machine().Configure("\"dns\"");
        Finished ended = await machine.CommandAsync("run");
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Equal($"ntm-server: {machine.ConfigFile}: roles: 'dns' is no role; known are ds, rs, kms", ended.Error);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_key()
    {
        using Machine machine = new Machine().Configure();
        string text = File.ReadAllText(machine.ConfigFile).Replace(machine.Kms, one.Machine.Kms, StringComparison.Ordinal);
        File.WriteAllText(machine.ConfigFile, text);
        Finished ended = await machine.CommandAsync("run");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
        Assert.Contains($"kms.listen: {one.Machine.Kms} (TCP) is in use by another program", ended.Error, StringComparison.Ordinal);
    }
}
