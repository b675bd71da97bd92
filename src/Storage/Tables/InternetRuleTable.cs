using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>How a device reaches ordinary hosts.</summary>
/// <param name="Mac">The device's MAC address; null: every device.</param>
/// <param name="Destination">IPv4 network; null: everything.</param>
/// <param name="Way">In a word; the reader gives it a meaning.</param>
public sealed record InternetRule(string? Mac, string? Destination, string Way);

/// <summary>The rules, one per device and destination. Without any everything goes directly.</summary>
public sealed class InternetRuleTable : Table<InternetRule>
{
    private const string Any = "*";

    internal InternetRuleTable(Database database)
        : base(database, "internet")
    {
    }

    /// <summary>Writes a rule; an earlier one of the same device and destination is replaced.</summary>
    public void Put(InternetRule rule) => Change([rule]);

    /// <summary>Takes a rule away. False when there was none.</summary>
    public bool Remove(string? mac, string? destination) => RemoveByKey(Key(mac, destination));

    private protected override string KeyOf(InternetRule record) => Key(record.Mac, record.Destination);

    private protected override BsonDocument ToDocument(InternetRule record)
    {
        var document = new BsonDocument { ["way"] = record.Way };
        if (record.Mac is not null)
        {
            document["mac"] = record.Mac;
        }

        if (record.Destination is not null)
        {
            document["destination"] = record.Destination;
        }

        return document;
    }

    private protected override InternetRule FromDocument(BsonDocument document) =>
        new(document.TextOrNull("mac"), document.TextOrNull("destination"), document.Text("way"));

    private static string Key(string? mac, string? destination) => $"{mac ?? Any}/{destination ?? Any}";
}
