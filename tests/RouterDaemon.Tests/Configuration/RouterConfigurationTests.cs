using NTMobile.RouterDaemon.Configuration;
using NTMobile.RouterDaemon.Tests.Support;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterDaemon.Tests.Configuration;

public sealed class RouterConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData(null)]
    public void Without_a_word_everything_has_its_default(string? text)
    {
        var configuration = text is null ? RouterConfiguration.Load(_directory["none.json"], isOptional: true) : Load(text);
        Assert.Equal("lan0", configuration.Lan);
        Assert.Equal(["wan0"], configuration.Uplinks);
        Assert.Equal((4330, 4330, 4), (configuration.Port, configuration.FirstQueue, configuration.TcpQueues));
        Assert.Equal("198.18.0.0/15", configuration.VirtualPrefix);
        Assert.True(configuration.Masquerade);
        Assert.Equal(("/var/lib/ntm-router", "/run/ntm/router.sock", ""), (configuration.StateDirectory, configuration.ControlSocket, configuration.Web));
        Assert.Equal(["router.lan", "ntm.lan"], configuration.WebNames);
    }

    [Fact]
    public void A_file_that_was_named_must_be_there() =>
        Assert.Contains("none.json", Assert.Throws<ConfigurationException>(() =>
            RouterConfiguration.Load(_directory["none.json"], isOptional: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_key_is_taken()
    {
        var configuration = Load("""
            {
              // what an owner may write
              "lan": "br-lan", "uplinks": ["eth1", "wwan0"], "port": 5000, "virtualPrefix": "100.64.0.0/16", "masquerade": false,
              "stateDirectory": "/data/ntm", "controlSocket": "/tmp/ntm.sock", "web": "192.168.1.1:8080", "webNames": ["bag.lan"],
              "tcpQueues": 4, "firstQueue": 100, "portMapping": false,
              "translation": "pccom", "translationFirstPort": 20000, "translationPorts": 256,
            }
            """);
        Assert.Equal(("br-lan", 5000, "100.64.0.0/16", false), (configuration.Lan, configuration.Port, configuration.VirtualPrefix, configuration.Masquerade));
        Assert.Equal(["eth1", "wwan0"], configuration.Uplinks);
        Assert.False(configuration.PortMapping);
        Assert.True(new RouterConfiguration().PortMapping);
        Assert.Equal(("/data/ntm", "/tmp/ntm.sock", "192.168.1.1:8080"), (configuration.StateDirectory, configuration.ControlSocket, configuration.Web));
        Assert.Equal(["bag.lan"], configuration.WebNames);
        Assert.Equal((4, 100), (configuration.TcpQueues, configuration.FirstQueue));
        Assert.Equal(16, configuration.Virtual.Length);
        Assert.Equal((TranslationMode.Pccom, 20000, 256), (configuration.TranslationMode, configuration.TranslationFirstPort, configuration.TranslationPorts));
    }

    [Theory]
    [InlineData("lan", "\"\"")]
    [InlineData("lan", "null")]
    [InlineData("lan", "\"a-name-that-is-too-long\"")]
    [InlineData("lan", "7")]
    [InlineData("uplinks", "[]")]
    [InlineData("uplinks", "null")]
    [InlineData("uplinks", "[null]")]
    [InlineData("uplinks", "[\"\"]")]
    [InlineData("uplinks", "[\"wan0\", \"lan0\"]")]
    [InlineData("uplinks", "[\"wan0\", \"wan0\"]")]
    [InlineData("uplinks", "\"wan0\"")]
    [InlineData("port", "0")]
    [InlineData("port", "65536")]
    [InlineData("port", "\"4330\"")]
    [InlineData("virtualPrefix", "\"198.18.0.0\"")]
    [InlineData("virtualPrefix", "\"198.18.0.0/25\"")]
    [InlineData("virtualPrefix", "\"fd00::/8\"")]
    [InlineData("masquerade", "\"yes\"")]
    [InlineData("stateDirectory", "\"state\"")]
    [InlineData("controlSocket", "\"router.sock\"")]
    [InlineData("controlSocket", "\"/a-path-that-no-unix-socket-can-have-because-it-is-longer-than-the-hundred-and-seven-bytes-of-its-address/router.sock\"")]
    [InlineData("web", "\"192.168.8.1\"")]
    [InlineData("web", "\"router.lan:80\"")]
    [InlineData("web", "null")]
    [InlineData("webNames", "[null]")]
    [InlineData("webNames", "null")]
    [InlineData("tcpQueues", "0")]
    [InlineData("tcpQueues", "17")]
    [InlineData("translation", "\"PCCOM\"")]
    [InlineData("translation", "null")]
    [InlineData("translationFirstPort", "80")]
    [InlineData("translationPorts", "127")]
    [InlineData("translationPorts", "4097")]
    [InlineData("firstQueue", "-1")]
    [InlineData("firstQueue", "65001")]
    [InlineData("uplink", "\"wan0\"")]
    [InlineData("Lan", "\"lan0\"")]
    public void A_wrong_key_is_named(string key, string value)
    {
        var message = Assert.Throws<ConfigurationException>(() => Load($$"""{ "{{key}}": {{value}} }""")).Message;
        Assert.StartsWith($"{_directory["router.json"]}: '{key}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"lan\": ")]
    [InlineData("[]")]
    public void What_is_no_JSON_object_is_refused_with_the_file_s_name(string text) =>
        Assert.Contains("router.json", Assert.Throws<ConfigurationException>(() => Load(text)).Message, StringComparison.Ordinal);

    private RouterConfiguration Load(string text)
    {
        File.WriteAllText(_directory["router.json"], text);
        return RouterConfiguration.Load(_directory["router.json"], isOptional: false);
    }
}
