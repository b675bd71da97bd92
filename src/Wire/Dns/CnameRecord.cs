namespace NTMobile.Wire.Dns;

/// <summary>Another name under which to look (RFC 1035 §3.3.1). Data: name.</summary>
/// <param name="Target">The other name.</param>
public sealed record CnameRecord(string Target) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Cname;

    internal override void Write(ref DnsWriter writer) => writer.Name(Target);
}
