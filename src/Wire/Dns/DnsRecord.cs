namespace NTMobile.Wire.Dns;

/// <summary>A record of a zone (RFC 1035 §4.1.3).</summary>
/// <remarks>
/// <code>
///  +---------------+----------+-----------+---------+------------+--------+
///  | name          | type (2) | class (2) | TTL (4) | length (2) | data … |
///  +---------------+----------+-----------+---------+------------+--------+
/// </code>
/// </remarks>
/// <param name="Name">Owner, in lower case, without the last dot.</param>
/// <param name="TimeToLive">For how long it may be kept, in seconds.</param>
/// <param name="Data">What it says.</param>
/// <param name="Class">Its class.</param>
public sealed record DnsRecord(string Name, uint TimeToLive, DnsRecordData Data, DnsClass Class = DnsClass.Internet)
{
    internal void Write(ref DnsWriter writer)
    {
        writer.Name(Name);
        writer.UInt16((ushort)Data.Type);
        writer.UInt16((ushort)Class);
        writer.UInt32(TimeToLive);
        var lengthAt = writer.Position;
        writer.UInt16(0);
        Data.Write(ref writer);
        if (!writer.Overflow)
        {
            writer.Patch(lengthAt, writer.Position - lengthAt - 2);
        }
    }
}
