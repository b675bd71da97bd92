using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace NTMobile.Lab;

/// <summary>What a third party says of the NATs between two hosts: coturn's client against coturn's server (RFC 5780).</summary>
/// <param name="Mapping">The client's words, e.g. "Endpoint Independent Mapping"; "No NAT" without one.</param>
/// <param name="Filtering">The client's words, e.g. "Address and Port Dependent Filtering".</param>
/// <param name="Reflexive">The addresses and ports from which the server saw the client, in the order of the questions.</param>
public sealed partial record NatDiscovery(string Mapping, string Filtering, IReadOnlyList<IPEndPoint> Reflexive)
{
    /// <summary>Starts a STUN server that answers from two addresses of each IP version and two ports; the host needs them.</summary>
    public static async Task ServeAsync(Host server)
    {
        IEnumerable<IPAddress> addresses = server.Addresses.Take(2).Concat(server.Addresses6.Take(2));
        LabProcess turnserver = server.Start(
            "turnserver",
            [
                "-n", .. addresses.SelectMany(address => new[] { "-L", $"{address}" }),
                "--no-tls", "--no-dtls", "--no-cli", "--no-auth", "--log-file", "stdout", "--simple-log",
            ]);
        await turnserver.WaitForLineAsync("Total General servers").ConfigureAwait(false);
    }

    /// <summary>Asks from one address of a host, the server's address of the same IP version; takes a few seconds where answers are filtered.</summary>
    public static async Task<NatDiscovery> AskAsync(Host client, IPAddress localAddress, Host server)
    {
        IPAddress asked = localAddress.AddressFamily == server.Address.AddressFamily ? server.Address : server.Addresses6[0];
        string said = await client.RunAsync("turnutils_natdiscovery", "-m", "-f", "-L", $"{localAddress}", $"{asked}")
            .ConfigureAwait(false);
        return new(
            Find(MappingWords(), said),
            Find(FilteringWords(), said),
            [.. ReflexiveAddress().Matches(said).Select(m => Read(m.Groups[1].Value))]);
    }

    // ADDRESS:PORT of both versions, with no brackets.
    private static IPEndPoint Read(string text)
    {
        int colon = text.LastIndexOf(':');
        return new(IPAddress.Parse(text[..colon]), int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture));
    }

    private static string Find(Regex words, string said) =>
        words.Match(said) is { Success: true } found ? found.Groups[1].Value : throw new LabException($"not understood:\n{said}");

    [GeneratedRegex(@"(No NAT|(?<=NAT with ).* Mapping)")]
    private static partial Regex MappingWords();

    [GeneratedRegex(@"(No NAT Filtering|(?<=NAT with ).* Filtering)")]
    private static partial Regex FilteringWords();

    [GeneratedRegex(@"UDP reflexive addr: (\S+)")]
    private static partial Regex ReflexiveAddress();
}
