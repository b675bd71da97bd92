using System.Net;
using System.Net.Sockets;
using NTMobile.Packets;
using NTMobile.RouterDaemon.Netcheck;
using NTMobile.Security;
using NTMobile.Wire.Dns;

namespace NTMobile.RouterDaemon.Network;

/// <summary>
/// Finds the NAT64 in front of uplinks that have IPv6 alone: the name servers of the place are asked for the IPv6 addresses of <c>ipv4only.arpa</c>, of which
/// only a DNS64 has some (RFC 7050). They are asked until one answers, and again when resolv.conf names others, since it changes a moment after the address; where there is no NAT64, now and then.
/// </summary>
/// <param name="found">Called, by any thread, when another prefix is known.</param>
internal sealed class Nat64Finder(Action found) : IDisposable
{
    private const string Name = "ipv4only.arpa";
    private const int DnsPort = 53;
    private const string ResolverFile = "/etc/resolv.conf";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NonePause = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, Search> _searches = [];

    /// <summary>The prefix of the NAT64 behind an interface, as far as it is known; the first call with an address begins the search. One thread calls it.</summary>
    /// <param name="device">The interface.</param>
    /// <param name="address">Its IPv6 address: another one means another place.</param>
    public Nat64Prefix? Prefix(string device, IPAddress address)
    {
        if (!_searches.TryGetValue(device, out var search) || !search.Address.Equals(address))
        {
            search?.End.Cancel();
            _searches[device] = search = new Search(address);
            _ = Task.Run(() => RunAsync(device, search));
        }

        return search.Prefix;
    }

    /// <summary>Ends the searches of all other interfaces.</summary>
    public void Keep(IEnumerable<string> devices)
    {
        foreach (var gone in _searches.Keys.Except(devices).ToArray())
        {
            _searches.Remove(gone, out var search);
            search!.End.Cancel();
        }
    }

    public void Dispose() => Keep([]);

    /// <summary>The name servers that a resolver's configuration names.</summary>
    internal static IEnumerable<IPAddress> NameServers(string text) => text.Split('\n')
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["nameserver", _, ..])
        .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
        .OfType<IPAddress>();

    /// <summary>What an answer for <c>ipv4only.arpa</c> says.</summary>
    /// <param name="message">The answer.</param>
    /// <param name="prefix">The prefix in it; null: there is no NAT64.</param>
    /// <returns>False: it is no answer, or one of a server that cannot tell.</returns>
    internal static bool TryRead(byte[] message, out Nat64Prefix? prefix)
    {
        prefix = null;
        if (!DnsMessage.TryRead(message, out var answer) || !answer.IsResponse || answer.Question is not { Name: Name, Type: DnsType.Aaaa }
            || answer.ResponseCode is not (DnsResponseCode.NoError or DnsResponseCode.NameError))
        {
            return false;
        }

        prefix = answer.Answers.Select(r => r.Data).OfType<AaaaRecord>().Select(a => Nat64Prefix.Find(a.Address)).FirstOrDefault(p => p is not null);
        return true;
    }

    // The first to answer may be the name server of the place before: who named other ones asks again, also when there is an answer.
    private async Task RunAsync(string device, Search search)
    {
        var pause = FirstPause;
        IPAddress[] asked = [];
        try
        {
            while (true)
            {
                var servers = await NameServersAsync(search.End.Token).ConfigureAwait(false);
                var isNone = false;
                if (search.Prefix is null || !servers.SequenceEqual(asked))
                {
                    var (told, prefix) = await AskAsync(device, servers, search.End.Token).ConfigureAwait(false);
                    asked = told ? servers : asked;
                    isNone = told && prefix is null;
                    if (told && prefix != search.Prefix)
                    {
                        search.Prefix = prefix;
                        found();
                    }
                }

                await Task.Delay(isNone && pause >= LongestPause ? NonePause : pause, search.End.Token).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException)
        {
            // another place
        }
    }

    // Whether any name server could tell, and what.
    private static async Task<(bool Told, Nat64Prefix? Prefix)> AskAsync(string device, IEnumerable<IPAddress> servers, CancellationToken cancel)
    {
        var told = false;
        foreach (var server in servers)
        {
            Nat64Prefix? prefix = null;
            // A name server on this machine is not behind the uplink.
            var answer = await UplinkProbe.AskAsync(
                IPAddress.IsLoopback(server) ? null : device, new IPEndPoint(server, DnsPort), Question(out var id),
                bytes => bytes is [var high, var low, ..] && id == ((high << 8) | low) && TryRead(bytes, out prefix),
                cancel).ConfigureAwait(false);
            told |= answer is not null;
            if (prefix is not null)
            {
                return (true, prefix);
            }
        }

        return (told, null);
    }

    private static async Task<IPAddress[]> NameServersAsync(CancellationToken cancel)
    {
        try
        {
            var all = NameServers(await File.ReadAllTextAsync(ResolverFile, cancel).ConfigureAwait(false));
            return [.. all.Where(s => s.AddressFamily == AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(s))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static byte[] Question(out ushort id)
    {
        var bytes = new byte[sizeof(ushort)];
        SystemRandom.Instance.Fill(bytes);
        id = BitConverter.ToUInt16(bytes);
        var question = new byte[DnsMessage.ClassicLimit];
        return question[..DnsMessage.Query(id, Name, DnsType.Aaaa, recursionDesired: true).Write(question)];
    }

    private sealed class Search(IPAddress address)
    {
        private volatile Nat64Prefix? _prefix;

        public IPAddress Address { get; } = address;

        public CancellationTokenSource End { get; } = new();

        public Nat64Prefix? Prefix
        {
            get => _prefix;
            set => _prefix = value;
        }
    }
}
