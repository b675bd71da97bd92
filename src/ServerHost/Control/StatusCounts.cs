using System.Text.Json;
using NTMobile.RelayServer;
using NTMobile.ServerHost.Sockets;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Control;

/// <summary>Counters as the status tells them: by name in camel case, those that are zero left out.</summary>
internal static class StatusCounts
{
    /// <summary>Counts by reason.</summary>
    public static Dictionary<string, long> Of<TReason>(IEnumerable<KeyValuePair<TReason, long>> counts)
        where TReason : struct, Enum => counts.ToDictionary(count => NameOf(count.Key), count => count.Value);

    /// <summary>What a role's thread dropped: runs by mistakes of ours, and what the kernel had no room for.</summary>
    public static Dictionary<string, long> Of(RoleLoop loop) => new() { ["failed"] = loop.Failures, ["receiveBufferFull"] = loop.ReceiveDrops };

    /// <summary>Counts of several origins in one.</summary>
    public static Dictionary<string, long> Sum(params IEnumerable<Dictionary<string, long>> origins)
    {
        Dictionary<string, long> sum = [];
        foreach ((string name, long count) in origins.SelectMany(counts => counts).Where(count => count.Value > 0))
        {
            sum[name] = sum.GetValueOrDefault(name) + count;
        }

        return sum;
    }

    /// <summary>What a relay forwarded, by datagram type.</summary>
    public static Dictionary<string, TypeCount> OfTypes(RelayCounters counters) => Enum.GetValues<DatagramType>()
        .Where(type => counters.Packets(type) > 0)
        .ToDictionary(NameOf, type => new TypeCount(counters.Packets(type), counters.Bytes(type)));

    private static string NameOf<TName>(TName name)
        where TName : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(name.ToString());
}
