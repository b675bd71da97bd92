using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>What a group's owner deposited for a member.</summary>
/// <param name="Group">The group's id, 32 lower-case hex digits.</param>
/// <param name="Member">The member's node name.</param>
/// <param name="Epoch">The group's epoch at which it was made.</param>
/// <param name="NotAfter">End of the member certificate in it, Unix seconds.</param>
/// <param name="Content">The package; sealed for the member.</param>
/// <param name="Stored">When it came.</param>
public sealed record StoredPackage(string Group, string Member, long Epoch, long NotAfter, byte[] Content, DateTimeOffset Stored);

/// <summary>What became of a package.</summary>
public enum PackagePut
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>A package of a later epoch, or of the same one with a later end, is there.</summary>
    NotNewer,

    /// <summary>The group has as many members as one group may have here.</summary>
    GroupFull,

    /// <summary>There are as many packages as this server keeps.</summary>
    ServerFull,
}

/// <summary>The group packages of a Key Management Server, the newest per group and member.</summary>
public sealed class PackageTable : Table<StoredPackage>
{
    internal PackageTable(Database database)
        : base(database, "packages")
    {
    }

    /// <summary>A member's package, null when none was deposited.</summary>
    public StoredPackage? Find(string group, string member) => FindByKey(Key(group, member));

    /// <summary>Stores a package when what is there is not newer and the limits allow it.</summary>
    /// <param name="package">The package, verified by the caller.</param>
    /// <param name="perGroup">How many members one group may have.</param>
    /// <param name="inAll">How many packages there may be.</param>
    public PackagePut TryPut(StoredPackage package, int perGroup, int inAll)
    {
        lock (Gate)
        {
            if (Find(package.Group, package.Member) is { } known)
            {
                if ((known.Epoch, known.NotAfter).CompareTo((package.Epoch, package.NotAfter)) > 0)
                {
                    return PackagePut.NotNewer;
                }
            }
            else if (Count >= inAll)
            {
                return PackagePut.ServerFull;
            }
            else if (All.Count(other => other.Group == package.Group) >= perGroup)
            {
                return PackagePut.GroupFull;
            }

            Change([package]);
            return PackagePut.Stored;
        }
    }

    private protected override string KeyOf(StoredPackage record) => Key(record.Group, record.Member);

    private protected override BsonDocument ToDocument(StoredPackage record) => new()
    {
        ["group"] = record.Group,
        ["member"] = record.Member,
        ["epoch"] = record.Epoch,
        ["end"] = record.NotAfter,
        ["content"] = record.Content,
        ["stored"] = record.Stored.ToBson(),
    };

    private protected override StoredPackage FromDocument(BsonDocument document) => new(
        document.Text("group"), document.Text("member"), document.Number("epoch"), document.Number("end"), document.Bytes("content"), document.Time("stored"));

    private static string Key(string group, string member) => $"{group}/{member}";
}
