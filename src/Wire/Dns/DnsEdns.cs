namespace NTMobile.Wire.Dns;

/// <summary>The OPT pseudo-record (RFC 6891 §6.1). Options other than the extended error are passed over.</summary>
/// <remarks>
/// <code>
///  0      1            3                  5                      6         7                    9            11
///  +------+------------+------------------+----------------------+---------+--------------------+------------+-----------+
///  | 0    | type 41    | payload size (2) | response code, upper | version | DO (1 bit), 0 (15) | length (2) | options … |
///  +------+------------+------------------+----------------------+---------+--------------------+------------+-----------+
///  option: code (2), length (2), data
/// </code>
/// </remarks>
/// <param name="PayloadSize">Longest UDP message that the sender takes, in bytes.</param>
/// <param name="DnssecOk">DO: the asker wants signatures.</param>
/// <param name="Version">0; another one is answered by <see cref="DnsResponseCode.BadVersion"/>.</param>
/// <param name="Error">Extended error of an answer, or null.</param>
public sealed record DnsEdns(ushort PayloadSize, bool DnssecOk = false, byte Version = 0, DnsExtendedError? Error = null)
{
    /// <summary>Longest UDP message that is sent and offered: it needs no fragments anywhere (DNS flag day 2020).</summary>
    public const ushort SafePayloadSize = 1232;

    private const ushort DnssecOkBit = 0x8000;

    // The fields after the type. The name and the type were read by the caller.
    internal static DnsEdns Read(ref DnsReader reader, out int responseCodeHigh)
    {
        var size = reader.UInt16();
        responseCodeHigh = reader.Byte();
        var version = reader.Byte();
        var flags = reader.UInt16();
        var length = reader.UInt16();
        var end = reader.Position + length;
        DnsExtendedError? error = null;
        while (!reader.Failed && reader.Position < end)
        {
            var code = reader.UInt16();
            var option = reader.Bytes(reader.UInt16());
            error = code == DnsExtendedError.OptionCode ? DnsExtendedError.Decode(option) : error;
        }

        if (reader.Position != end)
        {
            reader.Fail();
        }

        return new DnsEdns(size, (flags & DnssecOkBit) != 0, version, error);
    }

    internal void Write(ref DnsWriter writer, DnsResponseCode responseCode)
    {
        var error = Error?.Encode();
        writer.Byte(0);
        writer.UInt16((ushort)DnsType.Opt);
        writer.UInt16(PayloadSize);
        writer.Byte((byte)((ushort)responseCode >> 4));
        writer.Byte(Version);
        writer.UInt16(DnssecOk ? DnssecOkBit : 0);
        writer.UInt16(error is null ? 0 : 4 + error.Length);
        if (error is not null)
        {
            writer.UInt16(DnsExtendedError.OptionCode);
            writer.UInt16(error.Length);
            writer.Bytes(error);
        }
    }
}
