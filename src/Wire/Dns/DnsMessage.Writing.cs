namespace NTMobile.Wire.Dns;

public sealed partial record DnsMessage
{
    private const int FlagsAt = 2;
    private const int QuestionCountAt = 4;
    private const int AnswerCountAt = 6;
    private const int AuthorityCountAt = 8;
    private const int AdditionalCountAt = 10;
    private const int HeaderSize = 12;
    private const int OptFixedSize = 11;
    private const int OptionHeaderSize = 4;

    /// <summary>
    /// Writes the message. Additional records that do not fit are left out; if answers or authority do not fit, there are no records at all
    /// and the TC bit is set (RFC 2181 §9). EDNS always fits.
    /// </summary>
    /// <param name="destination">Its length is the limit: <see cref="ReplyLimit"/> over UDP, 65535 over TCP; at least 512.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">A name is malformed, the destination is too short, or the response code needs EDNS.</exception>
    public int Write(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, ClassicLimit, nameof(destination));
        if (Edns is null && (int)ResponseCode > ResponseCodeMask)
        {
            throw new ArgumentException($"{ResponseCode} cannot be told without EDNS.");
        }

        destination = destination[..Math.Min(destination.Length, ushort.MaxValue)];
        destination[..HeaderSize].Clear();
        var writer = new DnsWriter(destination);
        writer.UInt16(Id);
        writer.UInt16(0);
        writer.Bytes(stackalloc byte[HeaderSize - QuestionCountAt]);
        Question?.Write(ref writer);
        writer.Patch(QuestionCountAt, Question is null ? 0 : 1);

        writer.Limit = destination.Length - EdnsSize;
        var fits = TryWriteMain(ref writer);
        var additional = fits ? WriteAdditional(ref writer) : 0;
        writer.Limit = destination.Length;
        Edns?.Write(ref writer, ResponseCode);
        writer.Patch(AdditionalCountAt, additional + (Edns is null ? 0 : 1));
        writer.Patch(FlagsAt, HeaderBits(fits ? Flags : Flags | DnsFlags.Truncated));
        return writer.Position;
    }

    private int EdnsSize => Edns is null ? 0 : OptFixedSize + (Edns.Error is null ? 0 : OptionHeaderSize + Edns.Error.Encode().Length);

    private int HeaderBits(DnsFlags flags) =>
        (ushort)flags | ((int)Opcode << OpcodeShift) | ((int)ResponseCode & ResponseCodeMask);

    private bool TryWriteMain(ref DnsWriter writer)
    {
        var start = writer.Position;
        foreach (var record in Answers.Concat(Authority))
        {
            record.Write(ref writer);
        }

        if (writer.Overflow)
        {
            writer.Rewind(start);
            return false;
        }

        writer.Patch(AnswerCountAt, Answers.Count);
        writer.Patch(AuthorityCountAt, Authority.Count);
        return true;
    }

    private int WriteAdditional(ref DnsWriter writer)
    {
        var written = 0;
        foreach (var record in Additional)
        {
            var start = writer.Position;
            record.Write(ref writer);
            if (writer.Overflow)
            {
                writer.Rewind(start);
                break;
            }

            written++;
        }

        return written;
    }
}
