namespace NTMobile.Wire.Dns;

/// <summary>The name of an address (RFC 1035 §3.3.12). Data: name.</summary>
/// <param name="Host">The name.</param>
public sealed record PtrRecord(string Host) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Ptr;

    internal override void Write(ref DnsWriter writer) => writer.Name(Host);
}
