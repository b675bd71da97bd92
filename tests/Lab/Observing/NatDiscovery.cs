using System.Net;
using System.Text.RegularExpressions;

namespace NTMobile.Lab;

/// <summary>What a third party says of the NATs between two hosts: coturn's client against coturn's server (RFC 5780).</summary>
/// <param name="Mapping">The client's words, e.g. "Endpoint Independent Mapping"; "No NAT" without one.</param>
/// <param name="Filtering">The client's words, e.g. "Address and Port Dependent Filtering".</param>
/// <param name="Reflexive">The addresses and ports from which the server saw the client, in the order of the questions.</param>
public sealed partial record NatDiscovery(string Mapping, string Filtering, IReadOnlyList<IPEndPoint> Reflexive)
{
    /// <summary>Starts a STUN server that answers from two addresses and two ports; the host needs two addresses.</summary>
    public static async Task ServeAsync(Host server)
    {
        LabProcess turnserver = server.Start(
            "turnserver", "-n", "-L", $"{server.Addresses[0]}", "-L", $"{server.Addresses[1]}",
            "--no-tls", "--no-dtls", "--no-cli", "--no-auth", "--log-file", "stdout", "--simple-log");
        await turnserver.WaitForLineAsync("Total General servers").ConfigureAwait(false);
    }

    /// <summary>Asks from one address of a host; takes a few seconds where answers are filtered.</summary>
    public static async Task<NatDiscovery> AskAsync(Host client, IPAddress localAddress, Host server)
    {
        string said = await client.RunAsync("turnutils_natdiscovery", "-m", "-f", "-L", $"{localAddress}", $"{server.Address}")
            .ConfigureAwait(false);
        return new(
            Find(MappingWords(), said),
            Find(FilteringWords(), said),
            [.. ReflexiveAddress().Matches(said).Select(m => IPEndPoint.Parse(m.Groups[1].Value))]);
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
