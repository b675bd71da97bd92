namespace NTMobile.Wire.Dns;

/// <summary>IPv6 address of a name (RFC 3596 §2.2). Data: address (16).</summary>
/// <param name="Address">The address, its first byte highest.</param>
public sealed record AaaaRecord(UInt128 Address) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Aaaa;

    internal override void Write(ref DnsWriter writer) => writer.UInt128(Address);
}
