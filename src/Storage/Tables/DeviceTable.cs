using System.Net;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>A device of this router's LAN.</summary>
/// <param name="Label">Its name; it belongs to the first MAC address that bore it.</param>
/// <param name="Mac">That MAC address, as <c>aa:bb:cc:dd:ee:ff</c>.</param>
/// <param name="Address">Its address on the LAN.</param>
/// <param name="Confirmed">The owner said that this device may bear the name.</param>
/// <param name="FirstSeen">When the name was first borne.</param>
/// <param name="LastSeen">When it was last seen.</param>
public sealed record Device(string Label, string Mac, IPAddress Address, bool Confirmed, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>The devices of this router's LAN by name.</summary>
public sealed class DeviceTable : Table<Device>
{
    internal DeviceTable(Database database)
        : base(database, "devices")
    {
    }

    /// <summary>The device of a name, null when nobody bears it.</summary>
    public Device? Find(string label) => FindByKey(label);

    /// <summary>Writes a device.</summary>
    /// <exception cref="InvalidOperationException">The name belongs to another MAC address. It is never taken over; the owner may <see cref="Remove"/> it.</exception>
    public void Put(Device device)
    {
        lock (Gate)
        {
            if (Find(device.Label) is { } known && !known.Mac.Equals(device.Mac, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"the name {device.Label} belongs to {known.Mac}");
            }

            Change([device]);
        }
    }

    /// <summary>Forgets a device. False when there was none.</summary>
    public bool Remove(string label) => RemoveByKey(label);

    private protected override string KeyOf(Device record) => record.Label;

    private protected override BsonDocument ToDocument(Device record) => new()
    {
        ["mac"] = record.Mac,
        ["address"] = record.Address.ToString(),
        ["confirmed"] = record.Confirmed,
        ["first"] = record.FirstSeen.ToBson(),
        ["last"] = record.LastSeen.ToBson(),
    };

    private protected override Device FromDocument(BsonDocument document) => new(
        document.Text("_id"), document.Text("mac"), document.Address("address"), document.Flag("confirmed"), document.Time("first"), document.Time("last"));
}
