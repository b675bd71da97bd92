using System.Net;
using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Network;
using NTMobile.Storage;
using Stored = NTMobile.Storage.Tables.InternetRule;

namespace NTMobile.RouterDaemon.Service;

/// <summary>
/// How devices reach ordinary hosts: kept in the store, put into the kernel by MAC address. A rule holds in the kernel before it is kept, so that
/// what people were told is done is done.
/// </summary>
/// <param name="store">Where the rules are kept.</param>
/// <param name="install">Puts them into the kernel; throws <see cref="RuleSetException"/>.</param>
internal sealed class InternetRules(StoreFile store, Action<IReadOnlyList<NetfilterBridge.InternetRule>> install)
{
    private readonly Lock _gate = new();

    /// <summary>Told when the rules are others.</summary>
    public event Action? Changed;

    /// <summary>The rules in the order in which they are tried: the first that fits decides.</summary>
    public IReadOnlyList<Stored> All => Ordered(store.InternetRules.All);

    /// <summary>What the node must know.</summary>
    public EgressWanted Now() => new(store.InternetRules.All.Any(r => Way(r) != InternetWay.Direct));

    /// <summary>Puts what the store has into the kernel.</summary>
    /// <exception cref="RuleSetException">A tool refused.</exception>
    public void Install() => install(ForKernel(store.InternetRules.All));

    /// <summary>Sets a rule.</summary>
    /// <exception cref="RuleSetException">A tool refused; nothing is changed.</exception>
    public void Set(Stored rule)
    {
        lock (_gate)
        {
            install(ForKernel(store.InternetRules.All.Where(r => !IsSame(r, rule)).Append(rule)));
            store.InternetRules.Put(rule);
        }

        Changed?.Invoke();
    }

    /// <summary>Takes a rule away.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="RuleSetException">A tool refused; nothing is changed.</exception>
    public bool Remove(string id)
    {
        lock (_gate)
        {
            var rule = store.InternetRules.All.FirstOrDefault(r => IdOf(r) == id);
            if (rule is null)
            {
                return false;
            }

            install(ForKernel(store.InternetRules.All.Where(r => !IsSame(r, rule))));
            store.InternetRules.Remove(rule.Mac, rule.Destination);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>A rule's short name, fit for a URL.</summary>
    public static string IdOf(Stored rule) =>
        $"{rule.Mac ?? "all"}{(rule.Destination is null ? string.Empty : "@" + rule.Destination.Replace('/', '-'))}";

    public static InternetWay Way(Stored rule) => Enum.Parse<InternetWay>(rule.Way);

    /// <summary>Reads an address or a network as people write it; null: it is none.</summary>
    public static IPNetwork? Destination(string text)
    {
        if (IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : text + "/32", out var network)
            && network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            return network;
        }

        return null;
    }

    private static bool IsSame(Stored one, Stored other) => (one.Mac, one.Destination) == (other.Mac, other.Destination);

    private static List<Stored> Ordered(IEnumerable<Stored> rules) =>
    [
        .. rules.OrderBy(r => r switch
        {
            { Mac: not null, Destination: not null } => 0,
            { Mac: not null } => 1,
            { Destination: not null } => 2,
            _ => 3,
        }).ThenByDescending(r => r.Destination is null ? 0 : IPNetwork.Parse(r.Destination).PrefixLength),
    ];

    // Where everything is direct there is nothing to look at.
    private static List<NetfilterBridge.InternetRule> ForKernel(IEnumerable<Stored> rules)
    {
        var ordered = Ordered(rules);
        return ordered.TrueForAll(r => Way(r) == InternetWay.Direct) ? [] : [.. ordered.Select(ForKernel)];
    }

    private static NetfilterBridge.InternetRule ForKernel(Stored rule) => new(
        rule.Mac is null ? null : DeviceFinder.ToMacAddress(rule.Mac),
        rule.Destination is null ? null : IPNetwork.Parse(rule.Destination),
        Way(rule) switch
        {
            InternetWay.Relay => InternetFate.Queue,
            InternetWay.Auto => InternetFate.QueueNew,
            _ => InternetFate.Direct,
        });
}
