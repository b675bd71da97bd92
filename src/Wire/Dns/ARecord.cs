namespace NTMobile.Wire.Dns;

/// <summary>IPv4 address of a name (RFC 1035 §3.4.1). Data: address (4).</summary>
/// <param name="Address">The address; 192.0.2.1 is 0xC0000201.</param>
public sealed record ARecord(uint Address) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.A;

    internal override void Write(ref DnsWriter writer) => writer.UInt32(Address);
}
