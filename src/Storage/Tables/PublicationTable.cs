using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>What the owner lets everybody on the Internet reach.</summary>
/// <param name="Device">The device's label.</param>
/// <param name="Ports">Protocols and ports, such as <c>tcp/22</c>; the reader gives them a meaning.</param>
public sealed record Publication(string Device, IReadOnlyList<string> Ports);

/// <summary>Published devices. Nothing is published that does not stand here.</summary>
public sealed class PublicationTable : Table<Publication>
{
    internal PublicationTable(Database database)
        : base(database, "publications")
    {
    }

    /// <summary>What is published of a device, null when nothing is.</summary>
    public Publication? Find(string device) => FindByKey(device);

    /// <summary>Publishes a device; what was published of it before is replaced.</summary>
    public void Put(Publication publication) => Change([publication]);

    /// <summary>Publishes a device no more. False when it was not.</summary>
    public bool Remove(string device) => RemoveByKey(device);

    private protected override string KeyOf(Publication record) => record.Device;

    private protected override BsonDocument ToDocument(Publication record) => new() { ["ports"] = record.Ports.ToBson() };

    private protected override Publication FromDocument(BsonDocument document) => new(document.Text("_id"), document.Texts("ports"));
}
