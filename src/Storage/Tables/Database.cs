using LiteDB;
using LiteDB.Engine;
using NTMobile.Storage.Pages;

namespace NTMobile.Storage.Tables;

/// <summary>LiteDB's engine on a page file. Its own log is kept in memory and brought over at the end of each write, so that the page
/// file's journal alone decides what is durable (docs/decisions/0011-store.md).</summary>
internal sealed class Database : IDisposable
{
    private readonly PageFile _file;
    private readonly LiteEngine _engine;

    /// <summary>Takes the file over, also when it throws.</summary>
    public Database(PageFile file)
    {
        _file = file;
        try
        {
            _engine = new LiteEngine(new EngineSettings
            {
                DataStream = new PageStream(file),
                LogStream = new MemoryStream(),
                TempStream = new MemoryStream(),
                Collation = Collation.Binary,
            });
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            file.Dispose();
            throw new StoreDamagedException($"the database engine cannot read it: {unreadable.Message}");
        }
    }

    /// <summary>Held by whoever writes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Every document of a collection; none when it was never written.</summary>
    public IReadOnlyList<BsonDocument> ReadAll(string collection)
    {
        try
        {
            using var reader = _engine.Query(collection, new Query());
            var documents = new List<BsonDocument>();
            while (reader.Read())
            {
                documents.Add(reader.Current.AsDocument);
            }

            return documents;
        }
        catch (Exception unreadable) when (unreadable is not (OutOfMemoryException or StoreDamagedException))
        {
            throw new StoreDamagedException($"the collection \"{collection}\" cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>Puts and removes documents; durable as a whole when this returns. The caller holds the gate.</summary>
    /// <exception cref="StoreException">The disk does not take it. Nothing can be written until the store is opened again.</exception>
    public void Write(string collection, IEnumerable<BsonDocument> put, IReadOnlyList<string> remove)
    {
        try
        {
            _engine.BeginTrans();
            _engine.Delete(collection, remove.Select(key => new BsonValue(key)));
            _engine.Upsert(collection, put, BsonAutoId.ObjectId);
            _engine.Commit();
            _engine.Checkpoint();
        }
        catch (Exception failed) when (failed is IOException or LiteException or UnauthorizedAccessException)
        {
            throw new StoreException($"The store cannot be written: {failed.Message}", failed);
        }
    }

    /// <summary>Closes the engine and the file.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _file.Dispose();
    }
}
