using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NTMobile.RouterCore;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterDaemon.Configuration;

/// <summary>What <c>/etc/ntm/router.json</c> may say. Everything has a default that suits a router with <c>lan0</c> and <c>wan0</c>.
/// The properties have setters because generated JSON code gives init-only ones null instead of their default.</summary>
internal sealed record RouterConfiguration
{
    private const int MaxSocketPath = 107; // sun_path with its last zero (unix(7))

    /// <summary>The LAN's interface.</summary>
    public string Lan { get; set; } = "lan0";

    /// <summary>Interfaces towards the Internet, the preferred one first.</summary>
    public IReadOnlyList<string> Uplinks { get; set; } = ["wan0"];

    /// <summary>UDP port of the tunnel's sockets on all uplinks.</summary>
    public int Port { get; set; } = 4330;

    /// <summary>Where virtual addresses come from.</summary>
    public string VirtualPrefix { get; set; } = "198.18.0.0/15";

    /// <summary>Whether the router itself masquerades the LAN's ordinary traffic; false when another service does.</summary>
    public bool Masquerade { get; set; } = true;

    /// <summary>Whether the gateways of the uplinks are asked to open the tunnel's port (PCP, NAT-PMP, UPnP).</summary>
    public bool PortMapping { get; set; } = true;

    /// <summary>Identity, keys and store.</summary>
    public string StateDirectory { get; set; } = "/var/lib/ntm-router";

    /// <summary>Socket of the local API.</summary>
    public string ControlSocket { get; set; } = "/run/ntm/router.sock";

    /// <summary>Address and port of the web page; empty: the LAN's own address, port 80.</summary>
    public string Web { get; set; } = "";

    /// <summary>Names under which the page may be opened, besides its address.</summary>
    public IReadOnlyList<string> WebNames { get; set; } = ["router.lan", "ntm.lan"];

    /// <summary>How many queues (and threads) share the LAN's TCP packets. Packets between two devices stay in one queue and in order; while one
    /// pair fills its queue the others do not wait behind it.</summary>
    public int TcpQueues { get; set; } = 4;

    /// <summary>
    /// What may travel to peers without the tunnel, if their owners say the same: <c>off</c>; <c>pccom</c>: enciphered, with 16 bits of authentication;
    /// <c>plain</c>: <b>neither enciphered nor authenticated</b>, readable and changeable by everybody on the way (docs/decisions/0017).
    /// </summary>
    public string Translation { get; set; } = "off";

    /// <summary>First of the TCP and UDP ports at which such packets come in.</summary>
    public int TranslationFirstPort { get; set; } = 61440;

    /// <summary>How many; each peer takes 128 of them.</summary>
    public int TranslationPorts { get; set; } = 4096;

    /// <summary>Number of the first netfilter queue that is used.</summary>
    public int FirstQueue { get; set; } = 4330;

    /// <summary>Reads and checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isOptional">No file means the defaults: nobody has named it.</param>
    /// <exception cref="ConfigurationException">It cannot be read, or a key is wrong; the message names the key.</exception>
    public static RouterConfiguration Load(string path, bool isOptional)
    {
        if (isOptional && !File.Exists(path))
        {
            return new RouterConfiguration();
        }

        try
        {
            var text = File.ReadAllBytes(path);
            return (JsonSerializer.Deserialize(text, ConfigurationJson.Default.RouterConfiguration) ?? new RouterConfiguration()).Checked(path);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{path}: {(e.Path is null or "$" ? "" : $"'{e.Path[2..]}': ")}{e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: {e.Message}");
        }
    }

    /// <summary>What may travel without the tunnel; null: the word is none.</summary>
    [JsonIgnore]
    public TranslationMode? TranslationMode => Translation switch
    {
        "off" => Wire.Frames.TranslationMode.Tunnel,
        "plain" => Wire.Frames.TranslationMode.Plain,
        "pccom" => Wire.Frames.TranslationMode.Pccom,
        _ => null,
    };

    /// <summary>The virtual prefix, parsed.</summary>
    [JsonIgnore]
    public AddressPrefix Virtual => AddressPrefix.TryParse(VirtualPrefix, out var prefix) ? prefix : default;

    private RouterConfiguration Checked(string path)
    {
        Require(Lan.Length is > 0 and < 16, "lan", "is no interface name");
        Require(Uplinks.Count is > 0 and <= 8 && Uplinks.All(u => u is { Length: > 0 and < 16 }), "uplinks", "must name one to eight interfaces");
        Require(Uplinks.Distinct().Count() == Uplinks.Count, "uplinks", "names an interface twice");
        Require(!Uplinks.Contains(Lan), "uplinks", $"must not contain the LAN's interface '{Lan}'");
        Require(Port is > 0 and <= 65535, "port", $"{Port} is no port");
        Require(AddressPrefix.TryParse(VirtualPrefix, out var prefix) && prefix.Length <= 24, "virtualPrefix", $"'{VirtualPrefix}' is no IPv4 prefix of /24 or larger");
        Require(Web.Length == 0 || Endpoint.TryParse(Web, out _), "web", $"'{Web}' is not address:port");
        Require(WebNames.All(n => n is { Length: > 0 }), "webNames", "must be host names");
        Require(TcpQueues is >= 1 and <= 16, "tcpQueues", "must be 1 to 16");
        Require(TranslationMode is not null, "translation", $"'{Translation}' is none of off, pccom and plain");
        Require(TranslationFirstPort is >= 1024 and <= 65535, "translationFirstPort", "must be 1024 to 65535");
        Require(
            TranslationPorts >= TranslationOffer.Ports && TranslationFirstPort + TranslationPorts <= 65536,
            "translationPorts",
            $"must be at least {TranslationOffer.Ports}, and the last port at most 65535");
        Require(
            TranslationMode == Wire.Frames.TranslationMode.Tunnel || Port < TranslationFirstPort || Port >= TranslationFirstPort + TranslationPorts,
            "translationFirstPort",
            $"the tunnel's port {Port} must not be among the ports for translated packets");
        Require(FirstQueue is >= 0 and <= 65000, "firstQueue", "must be 0 to 65000");
        Require(Path.IsPathRooted(StateDirectory), "stateDirectory", "must be an absolute path");
        Require(
            Path.IsPathRooted(ControlSocket) && Encoding.UTF8.GetByteCount(ControlSocket) <= MaxSocketPath,
            "controlSocket",
            $"must be an absolute path of at most {MaxSocketPath} bytes");
        return this;

        void Require(bool good, string key, string why)
        {
            if (!good)
            {
                throw new ConfigurationException($"{path}: '{key}': {why}");
            }
        }
    }
}

/// <summary>The configuration is unusable; the message says which key and why.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(RouterConfiguration))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;
