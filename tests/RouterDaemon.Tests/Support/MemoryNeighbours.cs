using System.Net;
using NTMobile.Linux;
using NTMobile.RouterDaemon.Network;

namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>A neighbour table as the kernel keeps it: one entry per address, old ones stay until somebody asks in vain.</summary>
internal sealed class MemoryNeighbours : INeighbours
{
    private const ushort Reachable = 2, Stale = 4;
    private readonly SortedDictionary<string, Neighbour> _entries = new(StringComparer.Ordinal);

    /// <summary>Addresses that were asked for since the last look.</summary>
    public List<string> Asked { get; } = [];

    public IReadOnlyList<Neighbour> Find() => [.. _entries.Values];

    public void Ask(Neighbour neighbour) => Asked.Add(neighbour.Address.ToString());

    /// <summary>A device speaks.</summary>
    public void Speak(string mac, string address) => Put(mac, address, Reachable);

    /// <summary>Nobody has heard of it for a while, or it only called out.</summary>
    public void Stay(string mac, string address) => Put(mac, address, Stale);

    /// <summary>It was asked and did not answer.</summary>
    public void Lose(string address) => _entries.Remove(address);

    private void Put(string mac, string address, ushort state) => _entries[address] = new Neighbour(
        2, IPAddress.Parse(address), Convert.ToUInt64(mac.Replace(":", "", StringComparison.Ordinal), 16), state);
}
