using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>One setting.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value; the reader gives it a meaning.</param>
public sealed record Setting(string Key, string Value);

/// <summary>What the owner set and the program must remember: texts by name.</summary>
public sealed class SettingsTable : Table<Setting>
{
    internal SettingsTable(Database database)
        : base(database, "settings")
    {
    }

    /// <summary>The value, null when it was never set.</summary>
    public string? Find(string key) => FindByKey(key)?.Value;

    /// <summary>Sets a value; a value that is already so costs no write.</summary>
    public void Set(string key, string value)
    {
        if (Find(key) != value)
        {
            Change([new Setting(key, value)]);
        }
    }

    /// <summary>Forgets a value. False when there was none.</summary>
    public bool Remove(string key) => RemoveByKey(key);

    private protected override string KeyOf(Setting record) => record.Key;

    private protected override BsonDocument ToDocument(Setting record) => new() { ["value"] = record.Value };

    private protected override Setting FromDocument(BsonDocument document) => new(document.Text("_id"), document.Text("value"));
}
