using LiteDB;

namespace NTMobile.Storage.Tables;

/// <summary>The newest certificate that was issued for a name, and what it was issued for.</summary>
/// <param name="Node">The name.</param>
/// <param name="Role">The role, as in the certificate.</param>
/// <param name="Der">The certificate.</param>
/// <param name="Request">The PKCS#10 request, in which the node itself has signed its keys; empty for a server of the same process.</param>
/// <param name="Issued">When.</param>
/// <param name="Expires">The certificate's end.</param>
public sealed record IssuedCertificate(string Node, byte Role, byte[] Der, byte[] Request, DateTimeOffset Issued, DateTimeOffset Expires);

/// <summary>The certificates of a Key Management Server, the newest of each name.</summary>
public sealed class CertificateTable : Table<IssuedCertificate>
{
    internal CertificateTable(Database database)
        : base(database, "certificates")
    {
    }

    /// <summary>The newest certificate of a name, null when none was issued.</summary>
    public IssuedCertificate? Find(string node) => FindByKey(node);

    /// <summary>Writes a certificate; the earlier one of the name is replaced.</summary>
    public void Put(IssuedCertificate certificate) => Change([certificate]);

    /// <summary>Removes a name's certificate. False when there was none.</summary>
    public bool Remove(string node) => RemoveByKey(node);

    private protected override string KeyOf(IssuedCertificate record) => record.Node;

    private protected override BsonDocument ToDocument(IssuedCertificate record) => new()
    {
        ["role"] = (long)record.Role,
        ["der"] = record.Der,
        ["request"] = record.Request,
        ["issued"] = record.Issued.ToBson(),
        ["expires"] = record.Expires.ToBson(),
    };

    private protected override IssuedCertificate FromDocument(BsonDocument document) => new(
        document.Text("_id"), document.Small("role"), document.Bytes("der"), document.Bytes("request"), document.Time("issued"), document.Time("expires"));
}
