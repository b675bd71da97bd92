using System.Security.Cryptography;
using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>A one-time token for enrolment. The secret itself is not kept.</summary>
/// <param name="SecretHash">SHA-256 of the secret, 64 lower-case hex digits.</param>
/// <param name="Node">The name that the token's bearer will get.</param>
/// <param name="Role">The role, as in certificates.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From then on it is worth nothing.</param>
/// <param name="UsedBy">SHA-256 of the identity key that used it, 64 lower-case hex digits; null: not used yet.</param>
public sealed record StoredToken(string SecretHash, string Node, byte Role, DateTimeOffset Created, DateTimeOffset Expires, string? UsedBy)
{
    /// <summary>The key under which a secret is kept.</summary>
    public static string HashOf(ReadOnlySpan<byte> secret) => Convert.ToHexStringLower(SHA256.HashData(secret));
}

/// <summary>What became of the attempt to use a token.</summary>
public enum TokenUse
{
    /// <summary>It is used up now, for this key, or was used up by the same key before (the answer was lost on the way).</summary>
    Accepted,

    /// <summary>There is no such token.</summary>
    Unknown,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>Another key has used it.</summary>
    UsedAlready,
}

/// <summary>The tokens of a Key Management Server.</summary>
public sealed class TokenTable : Table<StoredToken>
{
    internal TokenTable(Database database)
        : base(database, "tokens")
    {
    }

    /// <summary>Writes a new token.</summary>
    public void Add(StoredToken token) => Change([token]);

    /// <summary>Uses a token up, durably, before its bearer gets anything. Of several attempts at the same time one wins.</summary>
    /// <param name="secretHash">See <see cref="StoredToken.HashOf"/>.</param>
    /// <param name="user">SHA-256 of the bearer's identity key, 64 lower-case hex digits.</param>
    /// <param name="now">The time.</param>
    /// <param name="token">The token, null when it is unknown.</param>
    public TokenUse TryUse(string secretHash, string user, DateTimeOffset now, out StoredToken? token)
    {
        lock (Gate)
        {
            token = FindByKey(secretHash);
            if (token is null)
            {
                return TokenUse.Unknown;
            }

            if (token.UsedBy is not null)
            {
                return token.UsedBy == user && now < token.Expires ? TokenUse.Accepted : TokenUse.UsedAlready;
            }

            if (now >= token.Expires)
            {
                return TokenUse.Expired;
            }

            Change([token with { UsedBy = user }]);
            return TokenUse.Accepted;
        }
    }

    /// <summary>Removes tokens that expired before <paramref name="limit"/>; returns how many.</summary>
    public int RemoveExpiredBefore(DateTimeOffset limit)
    {
        lock (Gate)
        {
            var expired = Rows.Where(row => row.Value.Expires < limit).Select(row => row.Key).ToList();
            Change([], expired);
            return expired.Count;
        }
    }

    private protected override string KeyOf(StoredToken record) => record.SecretHash;

    private protected override BsonDocument ToDocument(StoredToken record)
    {
        var document = new BsonDocument
        {
            ["node"] = record.Node,
            ["role"] = (long)record.Role,
            ["created"] = record.Created.ToBson(),
            ["expires"] = record.Expires.ToBson(),
        };
        if (record.UsedBy is not null)
        {
            document["used"] = record.UsedBy;
        }

        return document;
    }

    private protected override StoredToken FromDocument(BsonDocument document) => new(
        document.Text("_id"), document.Text("node"), document.Small("role"), document.Time("created"), document.Time("expires"), document.TextOrNull("used"));
}
