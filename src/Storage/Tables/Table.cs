using System.Collections.Immutable;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>
/// One collection. All of its records are kept in memory too, so reading never waits for the disk and may be done by any thread;
/// a write returns when it is durable and shows to readers only then. Writes take some milliseconds: they belong on a worker.
/// </summary>
/// <typeparam name="TRecord">An immutable record.</typeparam>
public abstract class Table<TRecord>
    where TRecord : class
{
    private readonly Database _database;

    private protected Table(Database database, string collection)
    {
        _database = database;
        Collection = collection;
        Rows = database.ReadAll(collection)
            .ToImmutableSortedDictionary(row => row.Text("_id"), FromDocument, StringComparer.Ordinal);
    }

    /// <summary>How many records there are.</summary>
    public int Count => Rows.Count;

    /// <summary>A snapshot of all records, in the order of their keys.</summary>
    public IEnumerable<TRecord> All => Rows.Values;

    private protected string Collection { get; }

    /// <summary>The records by key. Written only under the database's gate; readers take the reference once.</summary>
    private protected ImmutableSortedDictionary<string, TRecord> Rows { get; private set; }

    private protected Lock Gate => _database.Gate;

    private protected TRecord? FindByKey(string key) => Rows.GetValueOrDefault(key);

    private protected abstract string KeyOf(TRecord record);

    private protected abstract BsonDocument ToDocument(TRecord record);

    private protected abstract TRecord FromDocument(BsonDocument document);

    /// <summary>Writes and removes in one batch, then shows the result. The caller holds the gate if it decided by what it read.</summary>
    private protected void Change(IReadOnlyList<TRecord> put, params IReadOnlyList<string> remove)
    {
        lock (Gate)
        {
            if (put.Count + remove.Count == 0)
            {
                return;
            }

            _database.Write(Collection, put.Select(WithKey), remove);
            Rows = Rows.RemoveRange(remove).SetItems(put.Select(record => KeyValuePair.Create(KeyOf(record), record)));
        }
    }

    private protected bool RemoveByKey(string key)
    {
        lock (Gate)
        {
            if (!Rows.ContainsKey(key))
            {
                return false;
            }

            Change([], key);
            return true;
        }
    }

    private BsonDocument WithKey(TRecord record)
    {
        var document = ToDocument(record);
        document["_id"] = KeyOf(record);
        return document;
    }
}
