using NTMobile.Wire.Dns;
using static NTMobile.Wire.Tests.Dns.DnsGolden;

namespace NTMobile.Wire.Tests.Dns;

public sealed class DnsMessageTests
{
    private static readonly SoaRecord Soa = new("ds.example", "root.example", 1, 2, 3, 4, 5);

    [Fact]
    public void A_question_is_read_with_its_case_kept()
    {
        var question = Read(Question);

        Assert.Equal(0xBEEF, question.Id);
        Assert.Equal(DnsFlags.RecursionDesired | DnsFlags.AuthenticData, question.Flags);
        Assert.False(question.IsResponse);
        Assert.Equal("nAS.Home.example", question.Question!.AskedName);
        Assert.Equal("nas.home.example", question.Question.Name);
        Assert.Equal(DnsType.A, question.Question.Type);
        Assert.Equal(new DnsEdns(1232), question.Edns);
        Assert.Equal(1232, question.ReplyLimit);
    }

    [Fact]
    public void An_answer_echoes_the_case_and_points_to_the_question()
    {
        var answer = Read(Question).Reply(DnsResponseCode.NoError);
        answer = answer with
        {
            Flags = answer.Flags | DnsFlags.Authoritative,
            Answers = [new("nas.home.example", 5, new ARecord(0xC6120001))],
        };

        Assert.Equal(Hex.Parse(Address), Write(answer));
    }

    [Fact]
    public void A_refusal_has_SOA_and_extended_error()
    {
        var answer = Read(Question).Reply(DnsResponseCode.NameError).Explain(DnsExtendedErrorCode.Prohibited, "no");
        answer = answer with { Flags = answer.Flags | DnsFlags.Authoritative, Authority = [new("example", 60, Soa)] };

        Assert.Equal(Hex.Parse(Refusal), Write(answer));
        var read = Read(Refusal);
        Assert.Equal(DnsResponseCode.NameError, read.ResponseCode);
        Assert.Equal(new DnsExtendedError(DnsExtendedErrorCode.Prohibited, "no"), read.Edns!.Error);
        Assert.Equal(new DnsRecord("example", 60, Soa), Assert.Single(read.Authority));
    }

    [Fact]
    public void A_node_record_is_read_and_written()
    {
        var read = Read(Node);

        var record = Assert.IsType<NtmRecord>(Assert.Single(read.Answers).Data);
        Assert.Equal(Digest, record.KeyDigest);
        Assert.Equal("ds.example", record.DirectionServer);
        Assert.Equal(new DnsRecord("ds.example", 300, new ARecord(0xC0000201)), Assert.Single(read.Additional));
        Assert.Equal(Hex.Parse(Node), Write(read));
    }

    [Fact]
    public void A_node_record_of_another_version_is_kept_as_bytes()
    {
        var newer = Hex.Parse(Node);
        newer[newer.AsSpan().IndexOf(Digest) - 1] = 2;

        Assert.True(DnsMessage.TryRead(newer, out var read));
        Assert.Equal(45, Assert.IsType<UnknownRecord>(Assert.Single(read.Answers).Data).Data.Length);
        Assert.Equal(newer, Write(read));
    }

    [Fact]
    public void Every_record_type_is_read_as_it_was_written()
    {
        DnsRecord[] records =
        [
            new("a.example", 1, new ARecord(1)),
            new("a.example", 2, new AaaaRecord(new UInt128(0x20010DB800000000, 1))),
            new("example", 3, new NsRecord("ns.example")),
            new("b.example", 4, new CnameRecord("a.example")),
            new("4.3.2.1.in-addr.arpa", 4, new PtrRecord("a.example")),
            new("example", 5, Soa),
            new("\\001\\046.example", 6, new ARecord(6)),
            new("", 7, new NsRecord("ns.example")),
        ];
        var message = new DnsMessage { Flags = DnsFlags.Response, Answers = records, Authority = records, Additional = records };

        Assert.True(DnsMessage.TryRead(Write(message), out var read));
        Assert.Equal(records, read.Answers);
        Assert.Equal(records, read.Authority);
        Assert.Equal(records, read.Additional);
    }

    [Fact]
    public void Our_own_question_is_what_a_server_reads()
    {
        Assert.True(DnsMessage.TryRead(Write(DnsMessage.Query(7, "home.example", DnsType.Ntm, recursionDesired: true)), out var read));

        Assert.Equal(new DnsQuestion("home.example", DnsType.Ntm), read.Question);
        Assert.Equal(DnsFlags.RecursionDesired, read.Flags);
        Assert.Equal(1232, read.ReplyLimit);
    }

    [Fact]
    public void Without_EDNS_an_answer_has_none_and_no_extended_error()
    {
        var question = Read(Question) with { Edns = null };

        Assert.Equal(512, question.ReplyLimit);
        Assert.Null(question.Reply(DnsResponseCode.ServerFailure).Explain(DnsExtendedErrorCode.NoReachableAuthority, "away").Edns);
    }

    [Theory]
    [InlineData(0, 512)]
    [InlineData(900, 900)]
    [InlineData(65535, 1232)]
    public void The_limit_of_an_answer_is_between_512_and_1232(ushort offered, int limit) =>
        Assert.Equal(limit, (Read(Question) with { Edns = new DnsEdns(offered) }).ReplyLimit);

    [Fact]
    public void Answers_that_do_not_fit_set_the_truncation_bit_and_keep_EDNS()
    {
        var answer = Read(Question).Reply(DnsResponseCode.NoError) with
        {
            Answers = [.. Enumerable.Range(0, 40).Select(i => new DnsRecord("nas.home.example", 5, new ARecord((uint)i)))],
        };

        Assert.True(DnsMessage.TryRead(Write(answer, 512), out var cut));
        Assert.True(cut.Flags.HasFlag(DnsFlags.Truncated));
        Assert.Empty(cut.Answers);
        Assert.Equal(answer.Edns, cut.Edns);
        Assert.True(DnsMessage.TryRead(Write(answer, 1232), out var whole));
        Assert.False(whole.Flags.HasFlag(DnsFlags.Truncated));
        Assert.Equal(answer.Answers, whole.Answers);
    }

    [Fact]
    public void Additional_records_that_do_not_fit_are_left_out()
    {
        var answer = Read(Question).Reply(DnsResponseCode.NoError) with
        {
            Answers = [new("nas.home.example", 5, new ARecord(1))],
            Additional = [.. Enumerable.Range(0, 40).Select(i => new DnsRecord($"ns{i}.example", 5, new ARecord((uint)i)))],
        };

        var bytes = Write(answer, 512);
        Assert.True(DnsMessage.TryRead(bytes, out var cut));
        Assert.False(cut.Flags.HasFlag(DnsFlags.Truncated));
        Assert.Single(cut.Answers);
        Assert.InRange(cut.Additional.Count, 1, 39);
        Assert.Equal(answer.Additional.Take(cut.Additional.Count), cut.Additional);
        Assert.Equal(answer.Edns, cut.Edns);
    }

    [Fact]
    public void The_longest_question_and_error_fit_into_512_bytes()
    {
        var label = new string('a', 63);
        var question = DnsMessage.Query(1, $"{label}.{label}.{label}.{label[..61]}", DnsType.A, recursionDesired: false);
        var answer = question.Reply(DnsResponseCode.ServerFailure).Explain(DnsExtendedErrorCode.Other, "é" + new string('é', 200));

        Assert.True(DnsMessage.TryRead(Write(answer, 512), out var read));
        Assert.Equal(new string('é', 100), read.Edns!.Error!.Text);
        Assert.Equal(question.Question, read.Question);
    }

    [Fact]
    public void The_upper_bits_of_the_response_code_travel_in_EDNS()
    {
        var answer = Read(Question).Reply(DnsResponseCode.BadVersion);

        Assert.True(DnsMessage.TryRead(Write(answer), out var read));
        Assert.Equal(DnsResponseCode.BadVersion, read.ResponseCode);
        Assert.Throws<ArgumentException>(() => Write(answer with { Edns = null }));
    }

    [Fact]
    public void What_cannot_be_read_is_answered_by_a_format_error()
    {
        Assert.True(DnsMessage.TryRefuse(Hex.Parse(Question).AsSpan(0, 20), out var answer));
        Assert.Equal(Hex.Parse("BEEF 8101 0000 0000 0000 0000"), Write(answer));

        Assert.False(DnsMessage.TryRefuse(Hex.Parse(Question).AsSpan(0, 11), out _));
        Assert.False(DnsMessage.TryRefuse(Hex.Parse(Address), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("\\25")]
    [InlineData("\\256")]
    [InlineData("é")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_name_that_is_none_cannot_be_written(string name)
    {
        if (name.Length == 0)
        {
            name = string.Join('.', Enumerable.Repeat("aaa", 64));
        }

        Assert.Throws<ArgumentException>(() => Write(DnsMessage.Query(1, name, DnsType.A, recursionDesired: false)));
    }

    [Fact]
    public void A_destination_below_512_bytes_is_our_own_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(Question).Write(new byte[511]));
}
