namespace NTMobile.Wire.Dns;

/// <summary>A record of which only the bytes are known (RFC 3597). They may point into the message they came from.</summary>
/// <param name="RecordType">Its type.</param>
/// <param name="Data">Its bytes.</param>
public sealed record UnknownRecord(DnsType RecordType, byte[] Data) : DnsRecordData
{
    /// <inheritdoc/>
    public override DnsType Type => RecordType;

    internal override void Write(ref DnsWriter writer) => writer.Bytes(Data);
}
