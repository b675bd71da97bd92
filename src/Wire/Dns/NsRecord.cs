namespace NTMobile.Wire.Dns;

/// <summary>A name server of a zone (RFC 1035 §3.3.11). Data: name.</summary>
/// <param name="Host">The server's name.</param>
public sealed record NsRecord(string Host) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => DnsType.Ns;

    internal override void Write(ref DnsWriter writer) => writer.Name(Host);
}
