using System.Text.Json;

namespace NTMobile.NetfilterBridge;

/// <summary>A device asked another name server than this router.</summary>
/// <param name="Mac">The device's MAC address, lower case with colons.</param>
/// <param name="IsTcp">Over TCP; else UDP.</param>
/// <param name="Port">53: ordinary; 853: by TLS (RFC 7858) or QUIC (RFC 9250); 443: of a resolver known for DNS over HTTPS, which is a guess.</param>
/// <param name="Ago">How long ago it did so last.</param>
public sealed record DnsPast(string Mac, bool IsTcp, int Port, TimeSpan Ago);

/// <summary>
/// Which devices ask other name servers: the kernel writes it down in a set while it forwards their packets, and nobody is held up by it. What is
/// an hour old is forgotten; so is everything when the rules are replaced.
/// </summary>
public static class DnsWatch
{
    private const string SetName = "dns_past";
    private const int KeptSeconds = 3600;
    private const int MostEntries = 1024; // who invents addresses fills it; then the others are not written down

    // Resolvers that browsers and phones offer: Cloudflare, Google, Quad9, OpenDNS, AdGuard. Their port 443 has little else.
    private const string Resolvers = "1.1.1.1, 1.0.0.1, 8.8.8.8, 8.8.4.4, 9.9.9.9, 149.112.112.112, 208.67.222.222, 208.67.220.220, 94.140.14.14, 94.140.15.15";

    private const string Resolvers6 =
        "2606:4700:4700::1111, 2606:4700:4700::1001, 2001:4860:4860::8888, 2001:4860:4860::8844, 2620:fe::fe, 2620:fe::9, 2620:119:35::35, 2620:119:53::53, "
        + "2a10:50c0::ad1:ff, 2a10:50c0::ad2:ff";

    /// <summary>What is written down now; takes some milliseconds.</summary>
    /// <returns>Null: the rules are not there.</returns>
    public static IReadOnlyList<DnsPast>? Read()
    {
        try
        {
            return Parse(Tool.Read("nft", ["-j", "-n", "list", "set", "inet", RuleText.Table, SetName]));
        }
        catch (RuleSetException)
        {
            return null;
        }
    }

    /// <summary>The set, as nft(8) input inside of our table.</summary>
    internal static string SetText =>
        $"\tset {SetName} {{\n\t\ttype ether_addr . inet_proto . inet_service\n\t\tflags dynamic,timeout\n\t\ttimeout {KeptSeconds}s\n\t\tsize {MostEntries}\n\t}}\n";

    /// <summary>The rules for packets that are forwarded.</summary>
    /// <param name="lans">The LAN's interfaces, as a set of nft(8).</param>
    /// <param name="uplinks">The uplinks, likewise.</param>
    internal static string[] Rules(string lans, string uplinks)
    {
        const string note = $"update @{SetName} {{ ether saddr . meta l4proto . th dport }}";
        var flow = $"iifname {lans} oifname {uplinks}";
        return
        [
            $"{flow} meta l4proto {{ tcp, udp }} th dport {{ 53, 853 }} {note}",
            $"{flow} ip daddr {{ {Resolvers} }} meta l4proto {{ tcp, udp }} th dport 443 {note}",
            $"{flow} ip6 daddr {{ {Resolvers6} }} meta l4proto {{ tcp, udp }} th dport 443 {note}",
        ];
    }

    /// <summary>Reads what <c>nft -j</c> says of the set; elements that it does not understand are passed over.</summary>
    /// <exception cref="RuleSetException">It is no answer of nft.</exception>
    internal static IReadOnlyList<DnsPast> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. from part in document.RootElement.GetProperty("nftables").EnumerateArray()
                   where part.TryGetProperty("set", out _)
                   let set = part.GetProperty("set")
                   where set.TryGetProperty("elem", out _)
                   from element in set.GetProperty("elem").EnumerateArray()
                   let past = Element(element.GetProperty("elem"))
                   where past is not null
                   select past,
            ];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new RuleSetException($"nft's answer was not understood: {e.Message}");
        }
    }

    private static DnsPast? Element(JsonElement element)
    {
        var fields = element.GetProperty("val").GetProperty("concat");
        if (fields.GetArrayLength() != 3 || !element.TryGetProperty("expires", out var left) || !fields[2].TryGetInt32(out var port))
        {
            return null;
        }

        var protocol = fields[1].ToString(); // 6, or tcp
        return new DnsPast(fields[0].GetString()!, protocol is "6" or "tcp", port, TimeSpan.FromSeconds(KeptSeconds - left.GetInt32()));
    }
}
