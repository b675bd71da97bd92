using NTMobile.Control;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Service;

namespace NTMobile.RouterDaemon.Tests.Service;

public sealed class SnapshotMapperTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_session_is_told_in_the_words_of_the_local_API()
    {
        var session = SnapshotMapper.Session(new PeerStatus(
            "bob.example.net", "connected", "family", "Aes256Gcm", 3, 77, new PathStatus(true, "wan0", Endpoint.Parse("203.0.113.2:4331"), -1, 1400),
            1, 2, 100, 200, [new ContextStatus("laptop", "nas", 0xC6120001)], [Move(1), Move(2), Move(3)],
            new TranslationStatus("pccom", 4, 50, 60)));
        Assert.Equal((SessionState.Established, "AES-256-GCM", 3), (session.State, session.Cipher, session.Epoch));
        Assert.Equal(new SessionPath(PathKind.Relay, "wan0", "203.0.113.2:4331", null, 1400), session.Path);
        Assert.Equal([new SessionContext("laptop", "nas.bob.example.net", "198.18.0.1")], session.Contexts);
        Assert.Equal(new SessionTranslation(TranslationKind.Pccom, 4, 50, 60), session.Translation);
        Assert.Equal([3, 2, 1], session.Moves.Select(m => m.GapMs)); // the newest first
    }

    [Theory]
    [InlineData("connected", SessionState.Established)]
    [InlineData("searching a path", SessionState.Moving)]
    [InlineData("setting up", SessionState.Handshaking)]
    [InlineData("asking for a route", SessionState.Directing)]
    [InlineData("idle", SessionState.Closed)]
    public void Every_state_of_a_peer_has_its_word(string state, SessionState expected) => Assert.Equal(
        expected, SnapshotMapper.State(new PeerStatus("bob.example.net", state, null, null, 0, 0, null, 0, 0, 0, 0, [], [], new("", 0, 0, 0))));

    [Theory]
    [InlineData("EndpointIndependent", true, NatMapping.None)]
    [InlineData("EndpointIndependent", false, NatMapping.EndpointIndependent)]
    [InlineData("EndpointDependent", false, NatMapping.EndpointDependent)]
    [InlineData("Unknown", false, NatMapping.Unknown)]
    public void A_NAT_is_told_by_what_servers_see(string mapping, bool isNative, NatMapping expected) =>
        Assert.Equal(expected, SnapshotMapper.Mapping(mapping, isNative));

    private static MoveRecord Move(int gap) => new(Noon.AddMinutes(gap), "bob.example.net", MoveCauses.LocalAddress, gap, 0, "none", "none");
}
