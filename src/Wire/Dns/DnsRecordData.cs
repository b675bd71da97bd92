namespace NTMobile.Wire.Dns;

/// <summary>What a record says, by its type. One type, one file.</summary>
public abstract record DnsRecordData
{
    /// <summary>The record's type.</summary>
    public abstract DnsType Type { get; }

    /// <summary>Reads the data of a record; what is not known here is kept as bytes.</summary>
    internal static DnsRecordData Read(ref DnsReader reader, DnsType type, DnsClass recordClass, int length)
    {
        var known = recordClass == DnsClass.Internet ? type : default;
        var end = reader.Position + length;
        DnsRecordData data = known switch
        {
            DnsType.A => new ARecord(reader.UInt32()),
            DnsType.Aaaa => new AaaaRecord(reader.UInt128()),
            DnsType.Ns => new NsRecord(reader.LowerName()),
            DnsType.Cname => new CnameRecord(reader.LowerName()),
            DnsType.Ptr => new PtrRecord(reader.LowerName()),
            DnsType.Soa => SoaRecord.Read(ref reader),
            DnsType.Ntm => NtmRecord.Read(ref reader, length),
            _ => new UnknownRecord(type, reader.Bytes(length).ToArray()),
        };
        if (reader.Position != end)
        {
            reader.Fail();
        }

        return data;
    }

    internal abstract void Write(ref DnsWriter writer);
}
