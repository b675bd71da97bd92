using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Dns;

/// <summary>A DNS question or answer (RFC 1035 §4.1) with at most one question, as everyone sends it.</summary>
/// <remarks>
/// <code>
///  0        2           4     6     8     10    12
///  +--------+-----------+-----+-----+-----+-----+----------+---------+-----------+------------+
///  | id (2) | flags (2) | QD  | AN  | NS  | AR  | question | answers | authority | additional |
///  +--------+-----------+-----+-----+-----+-----+----------+---------+-----------+------------+
///  flags: QR, opcode (4 bits), AA, TC, RD, RA, Z, AD, CD, response code (4 bits)
/// </code>
/// </remarks>
public sealed partial record DnsMessage
{
    /// <summary>Longest UDP answer to an asker without EDNS (RFC 1035 §4.2.1); no limit given to <see cref="Write"/> is lower.</summary>
    public const int ClassicLimit = 512;

    private const int OpcodeShift = 11;
    private const int OpcodeMask = 0xF;
    private const int ResponseCodeMask = 0xF;
    private const ushort FlagsMask = 0x87F0;

    /// <summary>Chosen by the asker; comes back in the answer.</summary>
    public ushort Id { get; init; }

    /// <summary>What is to be done.</summary>
    public DnsOpcode Opcode { get; init; }

    /// <summary>Bits of the header.</summary>
    public DnsFlags Flags { get; init; }

    /// <summary>Result, of an answer.</summary>
    public DnsResponseCode ResponseCode { get; init; }

    /// <summary>What is asked; null only in odd messages and in answers to those which could not be read.</summary>
    public DnsQuestion? Question { get; init; }

    /// <summary>Records that answer the question.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Where the zone is: NS, or SOA with a negative answer.</summary>
    public IReadOnlyList<DnsRecord> Authority { get; init; } = [];

    /// <summary>Addresses of names above; left out if there is no room. OPT is not here but in <see cref="Edns"/>.</summary>
    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>EDNS, if the sender speaks it.</summary>
    public DnsEdns? Edns { get; init; }

    /// <summary>Whether it is an answer.</summary>
    public bool IsResponse => Flags.HasFlag(DnsFlags.Response);

    /// <summary>Longest UDP answer to this question, in bytes: what the asker takes, within 512 and 1232.</summary>
    public int ReplyLimit => Edns is null ? ClassicLimit : Math.Clamp(Edns.PayloadSize, (ushort)ClassicLimit, DnsEdns.SafePayloadSize);

    /// <summary>A question.</summary>
    /// <param name="id">Random.</param>
    /// <param name="name">The name; a caller may hide random bits in its letters' case and compare them in the answer.</param>
    /// <param name="type">The record type wanted.</param>
    /// <param name="recursionDesired">Whether the server is to resolve; false to the zone's own server.</param>
    public static DnsMessage Query(ushort id, string name, DnsType type, bool recursionDesired) => new()
    {
        Id = id,
        Flags = recursionDesired ? DnsFlags.RecursionDesired : DnsFlags.None,
        Question = new DnsQuestion(name, type),
        Edns = new DnsEdns(DnsEdns.SafePayloadSize),
    };

    /// <summary>An answer to this question, still without records. It speaks EDNS if the asker does.</summary>
    public DnsMessage Reply(DnsResponseCode responseCode) => new()
    {
        Id = Id,
        Opcode = Opcode,
        Flags = DnsFlags.Response | (Flags & (DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled)),
        ResponseCode = responseCode,
        Question = Question,
        Edns = Edns is null ? null : new DnsEdns(DnsEdns.SafePayloadSize, Edns.DnssecOk),
    };

    /// <summary>The same answer with an extended error, if the asker speaks EDNS.</summary>
    public DnsMessage Explain(DnsExtendedErrorCode code, string text) =>
        Edns is null ? this : this with { Edns = Edns with { Error = new DnsExtendedError(code, text) } };

    /// <summary>A FORMERR answer to a question that <see cref="TryRead"/> refused.</summary>
    /// <returns>False if not even a header of a question is there: nobody is to be answered.</returns>
    public static bool TryRefuse(ReadOnlySpan<byte> malformed, [MaybeNullWhen(false)] out DnsMessage answer)
    {
        var reader = new DnsReader(malformed);
        var header = ReadHeader(ref reader);
        reader.Bytes(CountsSize);
        answer = reader.Failed || header.IsResponse ? null : header.Reply(DnsResponseCode.FormatError);
        return answer is not null;
    }
}
