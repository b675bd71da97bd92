namespace NTMobile.Wire.Dns;

/// <summary>Start of a zone (RFC 1035 §3.3.13). Data: two names, five numbers (4 each). Times are in seconds.</summary>
/// <param name="PrimaryServer">Name of the server where the zone is made.</param>
/// <param name="Mailbox">Mail address of the zone's keeper, its @ written as a dot.</param>
/// <param name="Serial">Version of the zone.</param>
/// <param name="Refresh">When a secondary looks again.</param>
/// <param name="Retry">When it tries again after that failed.</param>
/// <param name="Expire">When it gives up.</param>
/// <param name="NegativeLifetime">For how long "no such name" may be kept (RFC 2308 §4).</param>
public sealed record SoaRecord(
    string PrimaryServer, string Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint NegativeLifetime) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Soa;

    internal static SoaRecord Read(ref DnsReader reader) => new(
        reader.LowerName(), reader.LowerName(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32());

    internal override void Write(ref DnsWriter writer)
    {
        writer.Name(PrimaryServer);
        writer.Name(Mailbox);
        writer.UInt32(Serial);
        writer.UInt32(Refresh);
        writer.UInt32(Retry);
        writer.UInt32(Expire);
        writer.UInt32(NegativeLifetime);
    }
}
