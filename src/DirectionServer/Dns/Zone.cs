using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NTMobile.DirectionServer.Registration;
using NTMobile.Wire;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.DirectionServer.Dns;

/// <summary>What the zone holds: its SOA and NS, the servers' addresses, and an NTM record for each known node, the addresses of
/// published devices, and the virtual ones of others (docs/protocol.md §4).</summary>
internal sealed class Zone(DirectionOptions options, Registrations nodes, TimeProvider time)
{
    private const uint HostLife = 300; // s
    private const uint NodeLife = 60;
    private const uint PublishedLife = 30;
    private const uint NegativeLife = 10; // a node that registers now is to be found at once

    private readonly uint _serial = (uint)time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Whether the zone holds a name or could hold it.</summary>
    public bool Covers(string name) => name == options.Zone || name.EndsWith("." + options.Zone, StringComparison.Ordinal);

    /// <summary>Whether a name exists: it has records, is a device's, or something below it has.</summary>
    public bool Exists(string name) =>
        At(name).Any() || FindNodeOf(name, out string label)?.HasDevice(label) == true
        || options.Hosts.Keys.Any(host => host.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>The records of one type, or of all types, at a name.</summary>
    public List<DnsRecord> Find(string name, DnsType type) => [.. At(name).Where(record => type == DnsType.Any || record.Data.Type == type)];

    /// <summary>The SOA record. The serial grows with each node that becomes known.</summary>
    public DnsRecord Soa() => new(
        options.Zone,
        NegativeLife,
        new SoaRecord(options.ServerName, "hostmaster." + options.Zone, _serial + nodes.Changes, 3600, 600, 86400, NegativeLife));

    private IEnumerable<DnsRecord> At(string name)
    {
        if (name == options.Zone)
        {
            yield return Soa();
            yield return new DnsRecord(name, HostLife, new NsRecord(options.ServerName));
        }

        foreach (IPAddress address in options.Hosts.GetValueOrDefault(name, []))
        {
            yield return new DnsRecord(name, HostLife, ToData(address));
        }

        if (nodes.TryFind(name, out NodeRecord? node))
        {
            yield return new DnsRecord(name, NodeLife, new NtmRecord(SHA256.HashData(node.IdentityKey), options.ServerName));
        }
        else if (FindNodeOf(name, out string label) is { } owner && nodes.IsLive(owner))
        {
            // Who is let in from everywhere is not to be looked for where only members get.
            if (owner.Published.TryGetValue(label, out PublishedName published))
            {
                yield return new DnsRecord(name, PublishedLife, new ARecord(published.Address));
                if (published.Ipv6 != 0)
                {
                    yield return new DnsRecord(name, PublishedLife, new AaaaRecord(published.Ipv6));
                }
            }
            else if (owner.HasDevice(label))
            {
                yield return new DnsRecord(name, NodeLife, new AaaaRecord(VirtualIpv6.Of(owner.Name, label)));
            }
        }
    }

    /// <summary>The node below whose name a device's would stand; null: there is no such node.</summary>
    private NodeRecord? FindNodeOf(string name, out string label)
    {
        int dot = Math.Max(0, name.IndexOf('.'));
        label = name[..dot];
        return dot > 0 && nodes.TryFind(name[(dot + 1)..], out NodeRecord? node) ? node : null;
    }

    private static DnsRecordData ToData(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new ARecord(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new AaaaRecord(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
