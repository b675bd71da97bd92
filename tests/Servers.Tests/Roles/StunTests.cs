using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Stun;
using NTMobile.Packets;
using NTMobile.Wire.Stun;

namespace NTMobile.Servers.Tests.Roles;

public sealed class StunTests
{
    private const string Header = "2112A442 0102030405060708090A0B0C";
    private const int IpAndUdp = 28;
    private static readonly Endpoint Asker = Endpoint.Parse("198.51.100.7:40000");
    private static readonly StunTransaction Transaction = StunTransaction.Create([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    private static readonly Endpoint[] Places = [.. new[] { "203.0.113.10:4330", "203.0.113.10:3478", "203.0.113.11:4330", "203.0.113.11:3478" }.Select(p => Endpoint.Parse(p))];

    private readonly World _world = new(ds => ds with { StunPlaces = Places });
    private readonly byte[] _answer = new byte[StunAnswer.MaximumSize];

    /// <summary>Each place with each CHANGE-REQUEST.</summary>
    public static TheoryData<int, bool, bool> Combinations
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (int i = 0; i < 16; i++)
            {
                data.Add(i & 3, (i & 4) != 0, (i & 8) != 0);
            }

            return data;
        }
    }

    private DirectionService Ds => _world.Ds;

    [Theory, MemberData(nameof(Combinations))]
    public void The_answer_leaves_from_where_it_was_wanted_and_names_the_other_place(int place, bool changeAddress, bool changePort)
    {
        StunAnswer answer = Ask(new StunRequest(Transaction) { ChangeAddress = changeAddress, ChangePort = changePort }, place);

        int source = place ^ (changeAddress ? 2 : 0) ^ (changePort ? 1 : 0);
        Assert.Equal((source, Asker), (answer.Place, answer.To));
        Assert.Equal(new StunResponse(Transaction, Asker) { Origin = Places[source], Other = Places[place ^ 3] }, Response(answer));
        Assert.Equal((1, 0), (Ds.StunAnswered, Ds.StunDrops.NonZero().Count()));
    }

    [Fact]
    public void By_IPv6_the_answer_comes_from_where_it_was_asked_and_nothing_can_be_changed()
    {
        var (asker, place) = (Endpoint.Parse("[2001:db8::7]:40000"), Endpoint.Parse("[2001:db8::10]:4330"));
        var world = new World(ds => ds with { StunPlaces = Places, StunPlace6 = place });
        StunAnswer answer = world.Ds.AnswerStun(Written(new StunRequest(Transaction)), Places.Length, asker, _answer);
        Assert.Equal((Places.Length, asker), (answer.Place, answer.To));
        Assert.Equal(new StunResponse(Transaction, asker) { Origin = place }, Response(answer));

        answer = world.Ds.AnswerStun(Written(new StunRequest(Transaction) { ChangePort = true }), Places.Length, asker, _answer);
        Assert.True(StunMessage.TryRead(_answer.AsSpan(0, answer.Length), out StunMessage refused));
        Assert.Equal((Places.Length, StunMessageType.BindingError), (answer.Place, refused.Type));
    }

    [Fact]
    public void The_answer_goes_to_the_port_that_was_named()
    {
        StunAnswer answer = Ask(new StunRequest(Transaction) { ResponsePort = 40001 });

        Assert.Equal(Endpoint.Parse("198.51.100.7:40001"), answer.To);
        Assert.Equal(Asker, Response(answer).Mapped);
    }

    [Fact]
    public void An_asker_by_IPv6_is_told_its_address()
    {
        var asker = Endpoint.Parse("[2001:db8::7]:40000");
        StunAnswer answer = Ds.AnswerStun(Written(new StunRequest(Transaction)), 0, asker, _answer);

        Assert.Equal(asker, Response(answer).Mapped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_server_with_one_address_has_no_other_and_changes_nothing(int places)
    {
        var world = new World(ds => ds with { StunPlaces = Places[..places] });
        StunAnswer answer = world.Ds.AnswerStun(Written(new StunRequest(Transaction)), places - 1, Asker, _answer);
        Assert.Equal(new StunResponse(Transaction, Asker) { Origin = Places[places - 1] }, Response(answer));

        answer = world.Ds.AnswerStun(Written(new StunRequest(Transaction) { ChangePort = true, ResponsePort = 7 }), places - 1, Asker, _answer);
        AssertRefused(answer, places - 1, "0003 0027");
    }

    [Fact]
    public void A_FINGERPRINT_is_answered_with_one()
    {
        StunAnswer answer = Ask(new StunRequest(Transaction) { HasFingerprint = true });
        Assert.True(Response(answer).HasFingerprint);

        byte[] wrong = Written(new StunRequest(Transaction) { HasFingerprint = true });
        wrong[^1] ^= 1;
        Assert.Equal(0, Ds.AnswerStun(wrong, 0, Asker, _answer).Length);
        Assert.Equal(1, Ds.StunDrops[StunDrop.StunMalformed]);
    }

    [Fact]
    public void An_asker_of_RFC_3489_gets_its_own_attributes()
    {
        StunAnswer answer = Ask("0001 0008 F0F1F2F3 0102030405060708090A0B0C 0003 0004 00000006");

        Assert.Equal(3, answer.Place);
        Assert.Equal(
            Bytes("0101 0024 F0F1F2F3 0102030405060708090A0B0C 0001 0008 0001 9C40 C6336407 0004 0008 0001 0D96 CB00710B 0005 0008 0001 0D96 CB00710B"),
            _answer[..answer.Length]);
    }

    [Fact]
    public void Attributes_that_must_be_known_and_are_not_are_named_once_each()
    {
        // PADDING, an unknown one twice, an optional one, and CHANGE-REQUEST, which does not move the refusal elsewhere.
        StunAnswer answer = Ask($"0001 001C {Header} 0026 0001 00000000 0031 0000 0031 0000 8077 0000 0003 0004 00000006");

        AssertRefused(answer, 0, "0026 0031");
        Assert.Equal(1, Ds.StunAnswered);
    }

    [Fact]
    public void Credentials_are_passed_over_and_so_is_what_follows_them()
    {
        StunAnswer answer = Ask($"0001 0028 {Header} 0006 0004 6E616D65 0008 0014 {new string('0', 40)} 0031 0004 00000000");

        Assert.Equal(Asker, Response(answer).Mapped);
    }

    [Theory]
    [InlineData("", StunDrop.StunMalformed)]
    [InlineData("00", StunDrop.StunMalformed)]
    [InlineData("0001 0004 2112A442 0102030405060708090A0B0C", StunDrop.StunMalformed)]
    [InlineData("0001 0008 2112A442 0102030405060708090A0B0C 0003 0002 00060000", StunDrop.StunMalformed)]
    [InlineData("2001 0000 2112A442 0102030405060708090A0B0C", StunDrop.StunNotAsked)]
    [InlineData("0011 0000 2112A442 0102030405060708090A0B0C", StunDrop.StunNotAsked)] // indication
    [InlineData("0003 0000 2112A442 0102030405060708090A0B0C", StunDrop.StunNotAsked)] // TURN's Allocate
    [InlineData("0101 0000 2112A442 0102030405060708090A0B0C", StunDrop.StunNotAsked)]
    [InlineData("0111 0000 2112A442 0102030405060708090A0B0C", StunDrop.StunNotAsked)]
    public void What_is_no_request_is_dropped_and_counted(string message, StunDrop reason)
    {
        Assert.Equal(default, Ask(message));
        Assert.Equal([new(reason, 1)], Ds.StunDrops.NonZero());
        Assert.Equal(0, Ds.StunAnswered);
    }

    [Fact]
    public void An_answer_is_never_answered()
    {
        StunAnswer first = Ask(new StunRequest(Transaction));
        byte[] response = _answer[..first.Length];

        Assert.Equal(0, Ds.AnswerStun(response, 3, Places[0], _answer).Length);
        Assert.Equal(0, Ds.AnswerStun(_answer.AsSpan(0, Ask($"0001 0004 {Header} 0031 0000").Length).ToArray(), 3, Places[0], _answer).Length);
    }

    [Fact]
    public void A_prefix_that_asks_too_often_gets_nothing_more_and_others_are_not_hurt()
    {
        byte[] request = Written(new StunRequest(Transaction));
        byte[] refused = Bytes($"0001 0004 {Header} 0031 0000");
        for (int i = 0; i < 300; i++)
        {
            Ds.AnswerStun(i % 2 == 0 ? request : refused, 0, Endpoint.FromIpv4(0xC6336400u + (uint)(i % 256), 5), _answer);
        }

        Assert.Equal((200, 100), (Ds.StunAnswered, Ds.StunDrops[StunDrop.StunTooOften]));
        Assert.NotEqual(0, Ds.AnswerStun(request, 0, Endpoint.Parse("198.51.101.7:5"), _answer).Length);
        Assert.Equal(0, Ds.AnswerStun(request, 3, Asker, _answer).Length);
        _world.PassSeconds(0.5);
        int later = Enumerable.Range(0, 100).Count(_ => Ds.AnswerStun(request, 0, Asker, _answer).Length > 0);
        Assert.InRange(later, 49, 51);
    }

    [Theory]
    [InlineData("0001 0000 2112A442 0102030405060708090A0B0C")]
    [InlineData("0001 0004 2112A442 0102030405060708090A0B0C 0031 0000")]
    [InlineData("0001 0040 2112A442 0102030405060708090A0B0C 01000000 01010000 01020000 01030000 01040000 01050000 01060000 01070000 01080000 01090000 010A0000 010B0000 010C0000 010D0000 010E0000 010F0000")]
    public void An_answers_packet_has_at_most_twice_the_bytes_of_the_requests(string request)
    {
        int answered = Ask(request).Length;

        Assert.InRange(answered, 1, StunAnswer.MaximumSize);
        Assert.True(answered + IpAndUdp <= 2 * (Bytes(request).Length + IpAndUdp));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Written(StunRequest request)
    {
        byte[] datagram = new byte[StunRequest.MaximumSize];
        return datagram[..request.Write(datagram)];
    }

    private StunAnswer Ask(StunRequest request, int place = 0) => Ds.AnswerStun(Written(request), place, Asker, _answer);

    private StunAnswer Ask(string request) => Ds.AnswerStun(Bytes(request), 0, Asker, _answer);

    private StunResponse Response(StunAnswer answer)
    {
        Assert.True(StunMessage.TryRead(_answer.AsSpan(0, answer.Length), out StunMessage message));
        Assert.True(StunResponse.TryRead(message, out StunResponse response));
        return response;
    }

    private void AssertRefused(StunAnswer answer, int place, string unknown)
    {
        byte[] types = Bytes(unknown);
        Assert.Equal((place, Asker), (answer.Place, answer.To));
        Assert.Equal([.. Bytes($"0111 0010 {Header} 0009 0004 0000 0414 000A 0004"), .. types], _answer[..answer.Length]);
    }
}
