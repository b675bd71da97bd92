using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Wire.Dns;

namespace NTMobile.DirectionServer.Dns;

/// <summary>The zone's authoritative name server, as a function from question to answer.</summary>
/// <remarks>
/// A message that is no question gets no answer. Over UDP, a prefix that asks too often gets every second time a truncated answer without records
/// (a true asker comes again over TCP) and else nothing; so a forged source cannot be flooded.
/// </remarks>
internal sealed class ZoneAnswerer(Zone zone, DirectionOptions options, IRandom random, TimeProvider time)
{
    private const DnsType FirstMetaType = (DnsType)249; // TKEY, TSIG, IXFR, AXFR, MAILB, MAILA; 255 is ANY
    private const DnsType LastMetaType = (DnsType)254;

    private readonly SourceRateLimiter _perPrefix = new(time, random, options.DnsAnswersPerSecond, 2 * options.DnsAnswersPerSecond, 24, 56);
    private long _limited;

    /// <summary>Questions that were answered, truncated ones too.</summary>
    public long Answered { get; private set; }

    /// <summary>Questions that came too often: truncated or dropped.</summary>
    public long Limited => _limited;

    /// <summary>Answers one message.</summary>
    /// <param name="query">The message, without TCP's length.</param>
    /// <param name="transport">How it came.</param>
    /// <param name="from">Its source.</param>
    /// <param name="answer">Room for the answer: 1232 bytes for UDP, 65535 for TCP.</param>
    /// <returns>Bytes of the answer; zero when there is none.</returns>
    public int Answer(ReadOnlySpan<byte> query, DnsTransport transport, in Endpoint from, Span<byte> answer)
    {
        bool readable = DnsMessage.TryRead(query, out DnsMessage? question);
        if (readable ? question!.IsResponse : !DnsMessage.TryRefuse(query, out question))
        {
            return 0;
        }

        if (transport == DnsTransport.Udp && !_perPrefix.TryTake(from))
        {
            return AnswerTooOften(readable ? question! : null, answer);
        }

        Answered++;
        DnsMessage reply = readable ? Reply(question!) : question!;
        int limit = transport == DnsTransport.Tcp ? ushort.MaxValue : readable ? question!.ReplyLimit : DnsMessage.ClassicLimit;
        return reply.Write(answer[..Math.Min(limit, answer.Length)]);
    }

    private int AnswerTooOften(DnsMessage? question, Span<byte> answer)
    {
        if (question is null || (++_limited & 1) == 0)
        {
            return 0;
        }

        DnsMessage reply = question.Reply(DnsResponseCode.NoError);
        return (reply with { Flags = reply.Flags | DnsFlags.Truncated, Edns = null }).Write(answer[..DnsMessage.ClassicLimit]);
    }

    private DnsMessage Reply(DnsMessage question)
    {
        if (question.Edns is { Version: > 0 })
        {
            return question.Reply(DnsResponseCode.BadVersion);
        }

        if (question.Opcode != DnsOpcode.Query)
        {
            return question.Reply(DnsResponseCode.NotImplemented);
        }

        if (question.Question is not { } asked)
        {
            return question.Reply(DnsResponseCode.FormatError);
        }

        bool refused = !zone.Covers(asked.Name) || asked.Class is not (DnsClass.Internet or DnsClass.Any) || asked.Type is >= FirstMetaType and <= LastMetaType;
        return refused
            ? question.Reply(DnsResponseCode.Refused)
            : Authoritative(question, asked);
    }

    private DnsMessage Authoritative(DnsMessage question, DnsQuestion asked)
    {
        List<DnsRecord> answers = zone.Find(asked.Name, asked.Type);
        DnsMessage reply = question.Reply(answers.Count > 0 || zone.Exists(asked.Name) ? DnsResponseCode.NoError : DnsResponseCode.NameError);
        return reply with
        {
            Flags = reply.Flags | DnsFlags.Authoritative,
            Answers = answers,
            Authority = answers.Count > 0 ? [] : [zone.Soa()],
            Additional = asked.Type is DnsType.Ns or DnsType.Ntm && answers.Count > 0 ? Glue() : [],
        };
    }

    /// <summary>The addresses of the DS, which whoever asks for it asks for next.</summary>
    private List<DnsRecord> Glue() => [.. zone.Find(options.ServerName, DnsType.A), .. zone.Find(options.ServerName, DnsType.Aaaa)];
}
