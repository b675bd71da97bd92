using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests.Frames;

/// <summary>A frame that no reader would take cannot be written.</summary>
public sealed class OwnMistakeTests
{
    private static readonly Endpoint Here = Endpoint.Parse("192.0.2.1:1");
    private static readonly Candidate[] SeventeenCandidates = [.. Enumerable.Repeat(new Candidate(CandidateKind.Host, Here), 17)];
    private static readonly PathId[] SeventeenPaths = [.. Enumerable.Repeat(PathId.Of(1), 17)];
    private static readonly Relay Relay = new(Here, new byte[32]);

    private static readonly Dictionary<string, Action> Mistakes = new()
    {
        ["chunk of one"] = () => Write(new Chunk(1, 0, 1, [1])),
        ["chunk of 17"] = () => Write(new Chunk(1, 0, 17, [1])),
        ["chunk beyond its count"] = () => Write(new Chunk(1, 2, 2, [1])),
        ["empty chunk"] = () => Write(new Chunk(1, 0, 2, [])),
        ["chunk too long"] = () => Write(new Chunk(1, 0, 2, new byte[480])),
        ["no endpoint"] = () => Write(new Pong(1, default)),
        ["close without reason"] = () => Write(new Close(0)),
        ["close with unknown reason"] = () => Write(new Close((CloseReason)4)),
        ["hello without suites"] = () => Write(new Hello(CipherSuites.None, [PathId.Of(1)])),
        ["hello with unknown suite"] = () => Write(new Hello((CipherSuites)4, [PathId.Of(1)])),
        ["hello without paths"] = () => Write(new Hello(CipherSuites.Aes256Gcm, [])),
        ["hello with 17 paths"] = () => Write(new Hello(CipherSuites.Aes256Gcm, SeventeenPaths)),
        ["path id none"] = () => Write(new PathIdGrant(1, [PathId.None])),
        ["path id with epoch"] = () => Write(new PathIdGrant(1, [PathId.Of(1, 1)])),
        ["empty certificate"] = () => Write(new Certificate([])),
        ["certificate too long"] = () => Write(new Certificate(new byte[1201])),
        ["empty member"] = () => Write(new Member([])),
        ["17 candidates"] = () => Write(new LocatorUpdate(1, false, SeventeenCandidates)),
        ["unknown candidate kind"] = () => Write(new LocatorUpdate(1, false, [new(0, Here)])),
        ["65 devices"] = () => Write(Registration([.. Enumerable.Repeat("a", 65)], [1])),
        ["device with two labels"] = () => Write(Registration(["a.b"], [1])),
        ["empty bundle"] = () => Write(Registration([], [])),
        ["bundle too long"] = () => Write(Registration([], new byte[513])),
        ["9 relays"] = () => Write(new RegistrationResponse(1, 0, 1, Here, [.. Enumerable.Repeat(Relay, 9)])),
        ["short relay key"] = () => Write(new RegistrationResponse(1, 0, 1, Here, [new(Here, new byte[31])])),
        ["upper case"] = () => Write(new DirectionRequest(1, "A")),
        ["empty name"] = () => Write(new DirectionRequest(1, "")),
        ["name with last dot"] = () => Write(new DirectionRequest(1, "a.")),
        ["leg 2"] = () => Write(new RelayJoin(1, new SlotPass(1, 1, 2, 1, 1), PathId.Of(1), PathId.Of(2))),
        ["short key"] = () => Write(new Rekey(1, new byte[31])),
        ["long key"] = () => Write(new RelayKey(1, new byte[33])),
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Cannot_be_written(string name) => Assert.ThrowsAny<ArgumentException>(Mistakes[name]);

    [Fact]
    public void A_body_of_another_length_is_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new Ping(1).WriteBody(new byte[5]));
        Assert.ThrowsAny<ArgumentException>(() => new Ping(1).WriteBody(new byte[3]));
    }

    [Fact]
    public void An_IPv4_address_in_IPv6_form_is_refused() =>
        Assert.False(Pong.TryRead(Hex.Parse("00000001 06 00000000000000000000FFFFC0000201 0001"), out _));

    private static RegistrationRequest Registration(string[] devices, byte[] bundle) => new(1, 0, 0, [], devices, bundle);

    private static void Write<T>(T frame)
        where T : IFrame<T> => frame.WriteBody(new byte[frame.BodyLength]);
}
