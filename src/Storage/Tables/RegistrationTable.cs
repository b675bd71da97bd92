using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>What a Direction Server remembers of a node over its own restart.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Content">Bytes with a meaning for the Direction Server only.</param>
/// <param name="Expires">When it is worth nothing any more.</param>
public sealed record StoredRegistration(string Node, byte[] Content, DateTimeOffset Expires);

/// <summary>The registrations of a Direction Server, one per node.</summary>
public sealed class RegistrationTable : Table<StoredRegistration>
{
    internal RegistrationTable(Database database)
        : base(database, "registrations")
    {
    }

    /// <summary>A node's registration, null when there is none. It may have expired.</summary>
    public StoredRegistration? Find(string node) => FindByKey(node);

    /// <summary>Writes registrations in one batch; earlier ones of the same nodes are replaced.</summary>
    public void Put(params IReadOnlyList<StoredRegistration> registrations) => Change(registrations);

    /// <summary>Removes a node's registration. False when there was none.</summary>
    public bool Remove(string node) => RemoveByKey(node);

    /// <summary>Removes what has expired; returns how many.</summary>
    public int RemoveExpired(DateTimeOffset now)
    {
        lock (Gate)
        {
            var expired = Rows.Where(row => row.Value.Expires <= now).Select(row => row.Key).ToList();
            Change([], expired);
            return expired.Count;
        }
    }

    private protected override string KeyOf(StoredRegistration record) => record.Node;

    private protected override BsonDocument ToDocument(StoredRegistration record) => new()
    {
        ["content"] = record.Content,
        ["expires"] = record.Expires.ToBson(),
    };

    private protected override StoredRegistration FromDocument(BsonDocument document) => new(
        document.Text("_id"), document.Bytes("content"), document.Time("expires"));
}
