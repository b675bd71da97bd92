using System.Globalization;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests.Frames;

/// <summary>A reader takes as many elements as the page allows, and not one more.</summary>
public sealed class ReadLimitTests
{
    private const string EndpointHex = "04 C0000201 0001";

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Path_ids_are_1_to_16(int count, bool good)
    {
        Assert.Equal(good, Reads<Hello>($"01 01 {List(count, "000004")}"));
        Assert.Equal(good, Reads<PathIdGrant>($"00000001 {List(count, "000004")}"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Candidates_are_0_to_16(int count, bool good)
    {
        var candidates = List(count, "01" + EndpointHex);
        Assert.Equal(good, Reads<LocatorUpdate>($"00000001 00 {candidates}"));
        Assert.Equal(good, Candidate.TryReadList(Hex.Parse(candidates), out var read));
        Assert.Equal(good ? count : 0, read.Length);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void Sealed_candidates_have_0_to_1024_bytes(int length, bool good)
    {
        var sealedCandidates = $"{length:X4} {Zeros(length)}";
        Assert.Equal(good, Reads<RegistrationRequest>($"00000001 00 00 {sealedCandidates} 00 0001 B0"));
        Assert.Equal(good, Reads<RouteDirection>($"00000001 0000000000000001 01 01 61 01 62 00 00 {sealedCandidates} 0001 B0 00 00"));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Devices_are_0_to_64(int count, bool good) =>
        Assert.Equal(good, Reads<RegistrationRequest>($"00000001 00 00 0000 {List(count, "01 61")} 0001 B0"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_bundle_has_1_to_512_bytes(int length, bool good)
    {
        var bundle = $"{length:X4} {Zeros(length)}";
        Assert.Equal(good, Reads<RegistrationRequest>($"00000001 00 00 0000 00 {bundle}"));
        Assert.Equal(good, Reads<RouteDirection>($"00000001 0000000000000001 01 01 61 01 62 00 00 0000 {bundle} 00 00"));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Relays_are_0_to_8(int count, bool good) =>
        Assert.Equal(good, Reads<RegistrationResponse>($"00000001 00 00000001 {EndpointHex} {List(count, EndpointHex + Zeros(32))}"));

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_relay_slot_is_alone(int count, bool good) => Assert.Equal(
        good,
        Reads<RouteDirection>(
            $"00000001 0000000000000001 01 01 61 01 62 00 00 0000 0001 B0 {List(count, EndpointHex + Zeros(32) + Zeros(SlotPass.Size))} 00"));

    [Theory]
    [InlineData("00", true)]
    [InlineData("01 00000001 {0}", true)]
    [InlineData("01 00000000 {0}", false)]
    [InlineData("02 00000001 {0} 00000002 {0}", false)]
    public void A_prekey_is_alone_and_has_a_name(string prekeys, bool good) => Assert.Equal(
        good,
        Reads<RouteDirection>(
            $"00000001 0000000000000001 01 01 61 01 62 00 00 0000 0001 B0 00 {string.Format(CultureInfo.InvariantCulture, prekeys, Zeros(32 + 64))}"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void An_offer_has_1_to_16_prekeys(int count, bool good) =>
        Assert.Equal(good, Reads<PrekeyOffer>($"00000001 {List(count, "00000001" + Zeros(32 + 64))}"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(479, true)]
    [InlineData(480, false)]
    public void A_chunk_has_1_to_479_bytes(int length, bool good) => Assert.Equal(good, Reads<Chunk>($"00000001 00 02 {Zeros(length)}"));

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 2, true)]
    [InlineData(15, 16, true)]
    [InlineData(2, 2, false)]
    [InlineData(0, 17, false)]
    public void A_chunk_is_one_of_2_to_16(int index, int count, bool good) =>
        Assert.Equal(good, Reads<Chunk>($"00000001 {index:X2} {count:X2} AA"));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1200, true)]
    [InlineData(1201, false)]
    public void A_certificate_has_1_to_1200_bytes(int length, bool good)
    {
        Assert.Equal(good, Reads<Certificate>(Zeros(length)));
        Assert.Equal(good, Reads<Member>(Zeros(length)));
    }

    [Theory]
    [InlineData("02 01 01 000004")] // version
    [InlineData("01 00 01 000004")] // no suite
    [InlineData("01 04 01 000004")] // unknown suite
    [InlineData("01 01 01 000000")] // path id none
    [InlineData("01 01 01 000005")] // path id with an epoch
    public void A_hello_out_of_range_is_refused(string hex) => Assert.False(Reads<Hello>(hex));

    [Theory]
    [InlineData("00000001 01 41")] // upper case
    [InlineData("00000001 00")] // empty
    [InlineData("00000001 02 61 2E")] // last dot
    [InlineData("00000001 01 E4")] // not ASCII
    public void A_name_not_in_its_normal_form_is_refused(string hex) => Assert.False(Reads<DirectionRequest>(hex));

    private static bool Reads<T>(string hex)
        where T : IFrame<T> => T.TryRead(Hex.Parse(hex), out _);

    private static string List(int count, string item) => $"{count:X2}" + string.Concat(Enumerable.Repeat(item, count));

    private static string Zeros(int length) => new('0', length * 2);
}
