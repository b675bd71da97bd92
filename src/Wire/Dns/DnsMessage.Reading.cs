using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Dns;

public sealed partial record DnsMessage
{
    // More than any message that concerns us; it bounds what a stranger's message makes us allocate.
    private const int MaxRecords = 128;
    private const int CountsSize = 8;

    /// <summary>Reads a message, from UDP or (without the length before it) from TCP.</summary>
    /// <returns>False if it is malformed, has more than one question or more than 128 records.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, [MaybeNullWhen(false)] out DnsMessage result)
    {
        result = null;
        var reader = new DnsReader(message);
        var header = ReadHeader(ref reader);
        int questions = reader.UInt16(), answers = reader.UInt16(), authority = reader.UInt16(), additional = reader.UInt16();
        if (questions > 1 || answers + authority + additional > MaxRecords)
        {
            return false;
        }

        DnsEdns? edns = null;
        var responseCodeHigh = 0;
        var read = header with
        {
            Question = questions == 1 ? DnsQuestion.Read(ref reader) : null,
            Answers = ReadRecords(ref reader, answers),
            Authority = ReadRecords(ref reader, authority),
            Additional = ReadAdditional(ref reader, additional, ref edns, ref responseCodeHigh),
        };
        if (reader.AtEnd)
        {
            result = read with { Edns = edns, ResponseCode = (DnsResponseCode)((responseCodeHigh << 4) | (int)header.ResponseCode) };
        }

        return result is not null;
    }

    private static DnsMessage ReadHeader(ref DnsReader reader)
    {
        var id = reader.UInt16();
        var bits = reader.UInt16();
        return new DnsMessage
        {
            Id = id,
            Opcode = (DnsOpcode)((bits >> OpcodeShift) & OpcodeMask),
            Flags = (DnsFlags)(bits & FlagsMask),
            ResponseCode = (DnsResponseCode)(bits & ResponseCodeMask),
        };
    }

    private static List<DnsRecord> ReadRecords(ref DnsReader reader, int count)
    {
        var records = new List<DnsRecord>();
        while (records.Count < count && !reader.Failed)
        {
            var name = reader.LowerName();
            var type = (DnsType)reader.UInt16();
            if (type == DnsType.Opt)
            {
                reader.Fail();
            }

            records.Add(ReadRecord(ref reader, name, type));
        }

        return records;
    }

    private static List<DnsRecord> ReadAdditional(ref DnsReader reader, int count, ref DnsEdns? edns, ref int responseCodeHigh)
    {
        var records = new List<DnsRecord>();
        for (; count > 0 && !reader.Failed; count--)
        {
            var name = reader.LowerName();
            var type = (DnsType)reader.UInt16();
            if (type != DnsType.Opt)
            {
                records.Add(ReadRecord(ref reader, name, type));
            }
            else if (edns is null && name.Length == 0)
            {
                edns = DnsEdns.Read(ref reader, out responseCodeHigh);
            }
            else
            {
                reader.Fail();
            }
        }

        return records;
    }

    private static DnsRecord ReadRecord(ref DnsReader reader, string name, DnsType type)
    {
        var recordClass = (DnsClass)reader.UInt16();
        var timeToLive = reader.UInt32();
        return new DnsRecord(name, timeToLive, DnsRecordData.Read(ref reader, type, recordClass, reader.UInt16()), recordClass);
    }
}
