using System.Text.Json;
using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Control;

/// <summary>Counters as the status tells them: by name in camel case, those that are zero left out.</summary>
internal static class StatusCounts
{
    /// <summary>Counts by reason.</summary>
    public static Dictionary<string, long> Of<TReason>(IEnumerable<KeyValuePair<TReason, long>> counts)
        where TReason : struct, Enum => counts.ToDictionary(count => NameOf(count.Key), count => count.Value);

    /// <summary>All drops of a role: those of its sessions, its own, datagrams that the socket did not take, and our own mistakes.</summary>
    public static Dictionary<string, long> Drops<TReason>(
        DropCounters<SessionDrop> sessions, IEnumerable<KeyValuePair<TReason, long>> own, long notSent, long failures)
        where TReason : struct, Enum
    {
        Dictionary<string, long> drops = Of(sessions.NonZero());
        foreach ((string name, long count) in Of(own).Append(KeyValuePair.Create("notSent", notSent)).Append(KeyValuePair.Create("failed", failures)))
        {
            if (count > 0)
            {
                drops[name] = drops.GetValueOrDefault(name) + count;
            }
        }

        return drops;
    }

    /// <summary>What a relay forwarded, by datagram type.</summary>
    public static Dictionary<string, TypeCount> OfTypes(RelayCounters counters) => Enum.GetValues<DatagramType>()
        .Where(type => counters.Packets(type) > 0)
        .ToDictionary(NameOf, type => new TypeCount(counters.Packets(type), counters.Bytes(type)));

    private static string NameOf<TName>(TName name)
        where TName : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(name.ToString());
}
