using System.Globalization;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>One move of a session to another path.</summary>
/// <param name="Time">When the new path carried traffic.</param>
/// <param name="Peer">The peer node's name.</param>
/// <param name="Cause">Why, in words.</param>
/// <param name="GapMilliseconds">How long nothing arrived.</param>
/// <param name="PacketsLost">How many packets were lost by it.</param>
public sealed record Handover(DateTimeOffset Time, string Peer, string Cause, long GapMilliseconds, long PacketsLost)
{
    internal long Number { get; init; }
}

/// <summary>The last 10,000 handovers; the oldest gives way.</summary>
public sealed class HandoverJournal : Table<Handover>
{
    /// <summary>How many are kept.</summary>
    public const int Limit = 10_000;

    internal HandoverJournal(Database database)
        : base(database, "handovers")
    {
    }

    /// <summary>The newest ones, newest first.</summary>
    public IEnumerable<Handover> Newest(int count) => Rows.Values.Reverse().Take(count);

    /// <summary>Adds handovers in one write.</summary>
    public void Add(params IReadOnlyList<Handover> handovers)
    {
        lock (Gate)
        {
            var next = Rows.IsEmpty ? 0 : Rows.Values.Last().Number + 1;
            var put = handovers.Select((handover, index) => handover with { Number = next + index }).TakeLast(Limit).ToList();
            var over = Math.Max(0, Rows.Count + put.Count - Limit);
            Change(put, [.. Rows.Keys.Take(over)]);
        }
    }

    private protected override string KeyOf(Handover record) => record.Number.ToString("x16", CultureInfo.InvariantCulture);

    private protected override BsonDocument ToDocument(Handover record) => new()
    {
        ["number"] = record.Number,
        ["time"] = record.Time.ToBson(),
        ["peer"] = record.Peer,
        ["cause"] = record.Cause,
        ["gap"] = record.GapMilliseconds,
        ["lost"] = record.PacketsLost,
    };

    private protected override Handover FromDocument(BsonDocument document) =>
        new(document.Time("time"), document.Text("peer"), document.Text("cause"), document.Number("gap"), document.Number("lost"))
        {
            Number = document.Number("number"),
        };
}
