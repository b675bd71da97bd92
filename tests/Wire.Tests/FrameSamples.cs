using NTMobile.Packets;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;

namespace NTMobile.Wire.Tests;

/// <summary>Every frame with its body's bytes, checked by hand against docs/protocol.md §2.</summary>
internal static class FrameSamples
{
    private const string V4Hex = "04 C0000201 11D7";
    private const string V6Hex = "06 20010DB8000000000000000000000001 01BB";
    private const string SixHex = "20010DB800010203 0000000000000004";
    private const string KeyHex = "000102030405060708090A0B0C0D0E0F 101112131415161718191A1B1C1D1E1F";
    private const string PassHex = "00000007 1122334455667788 01 00000000000003E8 A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";

    private static readonly Endpoint V4 = Endpoint.Parse("192.0.2.1:4567");
    private static readonly Endpoint V6 = Endpoint.Parse("[2001:db8::1]:443");
    private static readonly UInt128 Six = new(0x2001_0DB8_0001_0203, 4);
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly string OneTimeHex = $"00000009 {KeyHex} {KeyHex} {KeyHex}";
    private static readonly Prekey OneTime = new(9, Key, [.. Key, .. Key]);
    private static readonly SlotPass Pass =
        new(7, 0x1122334455667788, 1, 1000, new UInt128(0xA0A1A2A3A4A5A6A7, 0xA8A9AAABACADAEAF));

    public static IReadOnlyList<WireSample> All { get; } =
    [
        new FrameSample<Chunk>(new(0x01020304, 1, 3, [0xAA, 0xBB]), "01020304 01 03 AABB", openTail: 1),
        new FrameSample<Ping>(new(0x01020304), "01020304"),
        new FrameSample<Pong>(new(0x01020304, V4), $"01020304 {V4Hex}"),
        new FrameSample<Pong>(new(0x01020304, V6), $"01020304 {V6Hex}", variant: " IPv6"),
        new FrameSample<PathChallenge>(new(0x0102030405060708), "0102030405060708", openTail: 0),
        new FrameSample<PathChallenge>(new(0x0102030405060708, 3), "0102030405060708 000000", openTail: 3, variant: " with padding"),
        new FrameSample<PathResponse>(new(0x0102030405060708, V4), $"0102030405060708 {V4Hex}"),
        new FrameSample<Close>(new(CloseReason.Replaced), "02"),
        new FrameSample<Hello>(
            new(CipherSuites.Aes256Gcm | CipherSuites.ChaCha20Poly1305, [PathId.Of(1), PathId.Of(0x3FFFFF)]), "01 03 02 000004 FFFFFC"),
        new FrameSample<Certificate>(new([0x30, 0x01, 0x02]), "300102", openTail: 2),
        new FrameSample<Member>(new([0x01, 0x55, 0x66]), "015566", openTail: 2),
        new FrameSample<RegistrationRequest>(
            new(9, NatMapping.EndpointDependent, NatFiltering.AddressAndPortDependent,
                [0xC0, 0xC1], ["phone", "nas"], [0xB0, 0xB1, 0xB2]),
            $"00000009 02 03 0002 C0C1 02 05 70686F6E65 03 6E6173 0003 B0B1B2"),
        new FrameSample<RegistrationRequest>(
            new(9, NatMapping.Unknown, NatFiltering.Unknown, [], [], [0xB0]), "00000009 00 00 0000 00 0001 B0", variant: " with nothing"),
        new FrameSample<RegistrationResponse>(
            new(9, RegistrationResult.TooManyDevices, 300, V4, [new(V6, Key)]), $"00000009 03 0000012C {V4Hex} 01 {V6Hex} {KeyHex}"),
        new FrameSample<DirectionRequest>(new(10, "a.b.example"), "0000000A 0B 612E622E6578616D706C65"),
        new FrameSample<DirectionRefusal>(new(10, DirectionRefusalReason.NotForYou), "0000000A 04"),
        new FrameSample<RouteDirection>(
            new(10, 0x0807060504030201, DirectionRole.Initiator, "b.example", "a.b.example", NatMapping.EndpointIndependent,
                NatFiltering.AddressDependent, [0xC0], [0xB0, 0xB1], new(new(V4, Key), Pass), OneTime),
            $"0000000A 0807060504030201 01 09 622E6578616D706C65 0B 612E622E6578616D706C65 01 02 0001 C0 0002 B0B1 01 {V4Hex}{KeyHex}{PassHex} 01 {OneTimeHex}"),
        new FrameSample<RouteDirection>(
            new(0, 1, DirectionRole.Responder, "b", "c", NatMapping.Unknown, NatFiltering.Unknown, [], [0xB0], null, null),
            "00000000 0000000000000001 02 01 62 01 63 00 00 0000 0001 B0 00 00", variant: " without relay"),
        new FrameSample<RouteDirectionAck>(new(0x0807060504030201), "0807060504030201"),
        new FrameSample<PrekeyOffer>(new(14, [OneTime]), $"0000000E 01 {OneTimeHex}"),
        new FrameSample<PrekeyOfferAck>(new(14), "0000000E"),
        new FrameSample<PublishedNames>(
            new(15, [new("nas", 0xC0000201, Six), new("cam", 0xC0000202, 0)]),
            $"0000000F 02 03 6E6173 C0000201 {SixHex} 03 63616D C0000202 00000000000000000000000000000000"),
        new FrameSample<PublishedNames>(new(15, []), "0000000F 00", variant: " with nothing"),
        new FrameSample<PublishedNamesAck>(new(15, [true, false]), "0000000F 02 01 00"),
        new FrameSample<PublishedAddressRequest>(new(17, "a.b.example"), "00000011 0B 612E622E6578616D706C65"),
        new FrameSample<PublishedAddress>(new(17, 0xC0000201, Six), $"00000011 C0000201 {SixHex}"),
        new FrameSample<DeviceNameRequest>(new(16, new UInt128(0xFD4E_5401_0203_0405, 0x0607_0809_0A0B_0C0D)), "00000010 FD4E540102030405 060708090A0B0C0D"),
        new FrameSample<DeviceName>(new(16, "a.b.example"), "00000010 01 0B 612E622E6578616D706C65"),
        new FrameSample<DeviceName>(new(16, null), "00000010 00", variant: " of none"),
        new FrameSample<RelayKey>(new(7, Key), $"00000007 {KeyHex}"),
        new FrameSample<RelayKeyAck>(new(7), "00000007"),
        new FrameSample<RelayJoin>(new(11, Pass, PathId.Of(0x123456), PathId.Of(2)), $"0000000B {PassHex} 48D158 000008"),
        new FrameSample<RelayJoined>(new(11, true), "0000000B 01"),
        new FrameSample<RelayRefused>(new(11, RelayRefusedReason.PathIdTaken), "0000000B 03"),
        new FrameSample<LocatorUpdate>(
            new(12, true, [new(CandidateKind.Host, V6), new(CandidateKind.Mapped, V4)]), $"0000000C 01 02 01{V6Hex} 03{V4Hex}"),
        new FrameSample<LocatorAck>(new(12, V6), $"0000000C {V6Hex}"),
        new FrameSample<PathIdGrant>(new(13, [PathId.Of(1)]), "0000000D 01 000004"),
        new FrameSample<PathIdGrantAck>(new(13), "0000000D"),
        new FrameSample<PunchPlan>(new(0x0807060504030201, PortForecast.Sequential, V4), $"0807060504030201 02 {V4Hex}"),
        new FrameSample<PunchReply>(new(0x0807060504030201, PortForecast.Fixed, V6), $"0807060504030201 01 {V6Hex}"),
        new FrameSample<ContextInstall>(new(0x0102, "phone", 6, "nas"), "0102 05 70686F6E65 06 03 6E6173"),
        new FrameSample<ContextAccept>(new(0x0102, 0xC0A80802), "0102 C0A80802"),
        new FrameSample<ContextRefuse>(new(0x0102, ContextRefuseReason.UnknownContext), "0102 03"),
        new FrameSample<EarlyData>(new([0x04, 0x01, 0x02, 0x06, 0x3F, 0xAA]), "04 0102 06 3F AA", openTail: 1),
        new FrameSample<Rekey>(new(5, Key), $"05 {KeyHex}"),
        new FrameSample<RekeyAck>(new(5, Key), $"05 {KeyHex}"),
        new FrameSample<OtherEndpoints>(new([new(V4, V6), new(V6, V4)]), $"02 {V4Hex}{V6Hex} {V6Hex}{V4Hex}"),
        new FrameSample<EgressRequest>(new(14, PathId.Of(0x123456), 1472), "0000000E 48D158 05C0", openTail: 0),
        new FrameSample<EgressRequest>(new(14, PathId.Of(0x123456), 0, 3), "0000000E 48D158 0000 000000", openTail: 3, variant: " with padding"),
        new FrameSample<EgressGrant>(
            new(14, PathId.Of(2), CipherSuites.ChaCha20Poly1305, Key, 0xC0000201), $"0000000E 000008 02 {KeyHex} C0000201", openTail: 0),
        new FrameSample<EgressGrant>(
            new(14, PathId.Of(2), CipherSuites.Aes256Gcm, Key, 0, 2), $"0000000E 000008 01 {KeyHex} 00000000 0000", openTail: 2, variant: " with padding"),
        new FrameSample<EgressRefused>(new(14, EgressRefusedReason.NotOffered), "0000000E 01"),
        new FrameSample<PublishRequest>(
            new(16, [new("nas", 0xC0A80864, 0, [new(6, 22, 22), new(17, 5000, 5010)])]),
            "00000010 01 03 6E6173 C0A80864 00000000 02 06 0016 0016 11 1388 1392"),
        new FrameSample<PublishResponse>(
            new(16, [new(PublishResult.Published, 0xC0000201, Six), PublishedPlace.Refused(PublishResult.PortsTaken)]),
            $"00000010 02 00 C0000201 {SixHex} 02 00000000 00000000000000000000000000000000"),
        new FrameSample<PublicAddresses>(new([new(0xC0000200, 29), new(0xC0000214, 32)], null), "02 C0000200 1D C0000214 20 00"),
        new FrameSample<PublicAddresses>(
            new([new(0xC0000214, 32)], new(new UInt128(0x2001_0DB8_0001_0000, 0), 64)), "01 C0000214 20 01 20010DB800010000 0000000000000000 40", variant: " of IPv6"),
        new FrameSample<TranslationOffer>(new(15, 3, TranslationMode.Pccom, 61440, Key), $"0000000F 00000003 02 F000 {KeyHex}"),
        new FrameSample<TranslationOffer>(new(16, 0, TranslationMode.Tunnel, 0, Key), $"00000010 00000000 00 0000 {KeyHex}", variant: " by tunnel"),
        new FrameSample<LaneOpen>(new(18, 6, 4, 0x0102, 43210, 80), "00000012 06 04 0102 A8CA 0050"),
        new FrameSample<LaneAnswer>(new(18, true), "00000012 01"),
    ];
}
