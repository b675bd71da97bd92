using NTMobile.Packets;
using NTMobile.Wire.Stun;
using static NTMobile.Wire.Tests.Stun.StunGolden;

namespace NTMobile.Wire.Tests.Stun;

public sealed class StunMessageTests
{
    private static readonly StunTransaction Ours = StunTransaction.Create([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    private static readonly StunTransaction Classic = new(Ours.Value ^ ((UInt128)(0x2112A442 ^ 0xF0F1F2F3) << 96));
    private static readonly Endpoint Asker = Endpoint.Parse("192.0.2.1:32853");
    private static readonly Endpoint First = Endpoint.Parse("203.0.113.10:4330");
    private static readonly Endpoint Other = Endpoint.Parse("203.0.113.11:3478");

    [Fact]
    public void The_published_request_is_read()
    {
        Assert.True(StunMessage.TryRead(Hex.Parse(Request), out var message));

        Assert.Equal(StunMessageType.BindingRequest, message.Type);
        Assert.True(message.HasFingerprint);
        Assert.False(message.Transaction.IsClassic);
        Assert.Equal(StunTransaction.Create(Hex.Parse("B7E7A701BC34D686FA87DFAE")), message.Transaction);
        Assert.Equal([0x8022, 0x0024, 0x8029, 0x0006, 0x0008], Types(message));
        Assert.True(StunRequest.TryRead(message, out var request));
        Assert.Equal(new StunRequest(message.Transaction) { HasFingerprint = true }, request);
    }

    [Fact]
    public void The_published_request_with_credentials_is_read()
    {
        Assert.True(StunMessage.TryRead(Hex.Parse(CredentialsRequest), out var message));

        Assert.False(message.HasFingerprint);
        Assert.Equal([0x0006, 0x0015, 0x0014, 0x0008], Types(message));
        Assert.All(Types(message), type => Assert.True(((StunAttributeType)type).IsBasic()));
    }

    [Theory]
    [InlineData(Ipv4Response, "192.0.2.1:32853")]
    [InlineData(Ipv6Response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    public void The_published_answers_tell_the_mapped_address(string golden, string mapped)
    {
        Assert.True(StunMessage.TryRead(Hex.Parse(golden), out var message));
        Assert.True(StunResponse.TryRead(message, out var response));

        Assert.Equal(new StunResponse(message.Transaction, Endpoint.Parse(mapped)) { HasFingerprint = true }, response);
    }

    [Fact]
    public void What_the_router_and_the_server_write_is_golden_and_is_read_again()
    {
        Assert.True(Classic.IsClassic);
        Check(ChangeRequest, new StunRequest(Ours) { ChangeAddress = true, ChangePort = true, ResponsePort = 8080 }.Write);
        Check(PlainResponse, new StunResponse(Ours, Asker) { Origin = First }.Write);
        Check(DiscoveryResponse, new StunResponse(Ours, Asker) { Origin = First, Other = Other }.Write);
        Check(ClassicResponse, new StunResponse(Classic, Asker) { Origin = First, Other = Other }.Write);
        Check(Refusal, message => new StunRefusal(Ours, StunRefusal.UnknownAttribute).Write(message, [StunAttributeType.Padding], fingerprint: false));

        Assert.Equal(new StunRequest(Ours) { ChangeAddress = true, ChangePort = true, ResponsePort = 8080 }, ReadRequest(ChangeRequest));
        Assert.Equal(new StunResponse(Ours, Asker) { Origin = First }, ReadResponse(PlainResponse));
        Assert.Equal(new StunResponse(Ours, Asker) { Origin = First, Other = Other }, ReadResponse(DiscoveryResponse));
        Assert.Equal(new StunResponse(Classic, Asker) { Origin = First, Other = Other }, ReadResponse(ClassicResponse));
        Assert.True(StunMessage.TryRead(Hex.Parse(Refusal), out var refused) && StunRefusal.TryRead(refused, out _));
        Assert.True(StunRefusal.TryRead(refused, out var refusal));
        Assert.Equal(new StunRefusal(Ours, 420), refusal);
    }

    [Theory]
    [InlineData(false, false, 28)]
    [InlineData(true, false, 36)]
    [InlineData(false, true, 36)]
    public void A_request_of_ours_has_a_FINGERPRINT_that_is_right(bool address, bool port, int length)
    {
        var request = new StunRequest(Ours) { ChangeAddress = address, ChangePort = port, HasFingerprint = true };
        var bytes = new byte[StunRequest.MaximumSize];
        Assert.Equal(length, request.Write(bytes));

        Assert.True(StunMessage.TryRead(bytes.AsSpan(0, length), out var message));
        Assert.True(StunRequest.TryRead(message, out var read));
        Assert.Equal(request, read);
    }

    [Fact]
    public void The_longest_messages_fit_the_room_that_is_announced()
    {
        var ipv6 = Endpoint.Parse("[2001:db8::1]:1");
        var response = new StunResponse(Ours, ipv6) { Origin = ipv6, Other = ipv6, HasFingerprint = true };
        Assert.Equal(StunResponse.MaximumSize, response.Write(new byte[StunResponse.MaximumSize]));
        var unknown = new StunAttributeType[StunRefusal.MaximumUnknown];
        Assert.Equal(StunRefusal.MaximumSize, new StunRefusal(Ours, 420).Write(new byte[StunRefusal.MaximumSize], unknown, fingerprint: true));
        var request = new StunRequest(Ours) { ChangePort = true, ResponsePort = 1, HasFingerprint = true };
        Assert.Equal(StunRequest.MaximumSize, request.Write(new byte[StunRequest.MaximumSize]));
    }

    [Fact]
    public void An_answer_of_another_kind_is_not_taken_for_success()
    {
        Assert.Null(ReadResponse(ChangeRequest));
        Assert.Null(ReadResponse(Refusal));
        Assert.Null(ReadResponse("0101 0000 2112A442 0102030405060708090A0B0C")); // no address
        Assert.Null(ReadResponse("0101 0014 2112A442 0102030405060708090A0B0C 0020 0008 0001 A147 E112A643 0031 0004 00000000")); // must be known
        Assert.Null(ReadRequest(PlainResponse));
    }

    private static int[] Types(StunMessage message)
    {
        List<int> types = [];
        foreach (var attribute in message.Attributes)
        {
            types.Add((int)attribute.Type);
        }

        return [.. types];
    }

    private static StunRequest? ReadRequest(string hex) =>
        StunMessage.TryRead(Hex.Parse(hex), out var message) && StunRequest.TryRead(message, out var request) ? request : null;

    private static StunResponse? ReadResponse(string hex) =>
        StunMessage.TryRead(Hex.Parse(hex), out var message) && StunResponse.TryRead(message, out var response) ? response : null;

    private delegate int Writer(Span<byte> message);

    private static void Check(string golden, Writer write)
    {
        var bytes = new byte[200];
        Assert.Equal(Hex.Parse(golden), bytes[..write(bytes)]);
    }
}
