using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>What the owner lets others reach.</summary>
/// <param name="Device">The device's label.</param>
/// <param name="Group">The group whose members may, 32 lower-case hex digits; null: members of any group this node is in.</param>
/// <param name="Ports">Protocols and ports, such as <c>tcp/22</c>, <c>udp/5000-5010</c>, <c>icmp</c>; the reader gives them a meaning.</param>
/// <param name="Created">When it was shared.</param>
public sealed record Share(string Device, string? Group, IReadOnlyList<string> Ports, DateTimeOffset Created);

/// <summary>The shares, one per device and group. Nothing is shared that does not stand here.</summary>
public sealed class ShareTable : Table<Share>
{
    private const string AnyGroup = "*";

    internal ShareTable(Database database)
        : base(database, "shares")
    {
    }

    /// <summary>The share of a device with a group (null: any group), null when there is none.</summary>
    public Share? Find(string device, string? group) => FindByKey(Key(device, group));

    /// <summary>Writes a share; an earlier one of the same device and group is replaced.</summary>
    public void Put(Share share) => Change([share]);

    /// <summary>Ends a share. False when there was none.</summary>
    public bool Remove(string device, string? group) => RemoveByKey(Key(device, group));

    private protected override string KeyOf(Share record) => Key(record.Device, record.Group);

    private protected override BsonDocument ToDocument(Share record)
    {
        var document = new BsonDocument
        {
            ["device"] = record.Device,
            ["ports"] = record.Ports.ToBson(),
            ["created"] = record.Created.ToBson(),
        };
        if (record.Group is not null)
        {
            document["group"] = record.Group;
        }

        return document;
    }

    private protected override Share FromDocument(BsonDocument document) => new(
        document.Text("device"), document.TextOrNull("group"), document.Texts("ports"), document.Time("created"));

    private static string Key(string device, string? group) => $"{device}/{group ?? AnyGroup}";
}
