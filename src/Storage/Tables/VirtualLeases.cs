using System.Net;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>Which virtual address shows which remote device to this router's LAN.</summary>
/// <param name="Peer">SHA-256 of the peer node's identity key, 64 lower-case hex digits.</param>
/// <param name="Device">The device's label at the peer.</param>
/// <param name="Address">The virtual IPv4 address.</param>
/// <param name="LastUsed">When the address was last given out or had traffic.</param>
public sealed record VirtualLease(string Peer, string Device, IPAddress Address, DateTimeOffset LastUsed);

/// <summary>The virtual addresses that were given out. The pool chooses; this remembers and holds the rule that an address is not
/// used for another device within 30 days.</summary>
public sealed class VirtualLeases : Table<VirtualLease>
{
    /// <summary>How long an address stays with its device after its last use.</summary>
    public static readonly TimeSpan Quarantine = TimeSpan.FromDays(30);

    // A lease in use is written once an hour, not per packet or query: flash memory wears.
    private static readonly TimeSpan TouchEvery = TimeSpan.FromHours(1);

    internal VirtualLeases(Database database)
        : base(database, "leases")
    {
    }

    /// <summary>The lease of a device, null when it never had one.</summary>
    public VirtualLease? Find(string peer, string device) => FindByKey(Key(peer, device));

    /// <summary>The lease that has an address, null when it is free.</summary>
    public VirtualLease? FindByAddress(IPAddress address) => All.FirstOrDefault(lease => lease.Address.Equals(address));

    /// <summary>True when the address was never used or was not used for 30 days.</summary>
    public bool IsFree(IPAddress address, DateTimeOffset now) => FindByAddress(address) is not { } lease || now - lease.LastUsed >= Quarantine;

    /// <summary>Writes a lease. An older lease of the same address is removed with it, in one step.</summary>
    /// <exception cref="InvalidOperationException">Another device used the address within the last 30 days.</exception>
    public void Put(VirtualLease lease)
    {
        lock (Gate)
        {
            var other = FindByAddress(lease.Address);
            if (other is null || KeyOf(other) == KeyOf(lease))
            {
                Change([lease]);
            }
            else if (lease.LastUsed - other.LastUsed >= Quarantine)
            {
                Change([lease], KeyOf(other));
            }
            else
            {
                throw new InvalidOperationException($"{lease.Address} was used for {other.Device} within the last {Quarantine.TotalDays} days");
            }
        }
    }

    /// <summary>Notes that a lease is in use; written at most once an hour.</summary>
    public void Touch(string peer, string device, DateTimeOffset now)
    {
        lock (Gate)
        {
            if (Find(peer, device) is { } lease && now - lease.LastUsed >= TouchEvery)
            {
                Change([lease with { LastUsed = now }]);
            }
        }
    }

    /// <summary>Removes a lease, its quarantine too. False when there was none.</summary>
    public bool Remove(string peer, string device) => RemoveByKey(Key(peer, device));

    private protected override string KeyOf(VirtualLease record) => Key(record.Peer, record.Device);

    private protected override BsonDocument ToDocument(VirtualLease record) => new()
    {
        ["peer"] = record.Peer,
        ["device"] = record.Device,
        ["address"] = record.Address.ToString(),
        ["used"] = record.LastUsed.ToBson(),
    };

    private protected override VirtualLease FromDocument(BsonDocument document) => new(
        document.Text("peer"), document.Text("device"), document.Address("address"), document.Time("used"));

    private static string Key(string peer, string device) => $"{peer}/{device}";
}
