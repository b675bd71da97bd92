using CsCheck;
using NTMobile.Wire.Dns;
using static NTMobile.Wire.Tests.Dns.DnsGolden;

namespace NTMobile.Wire.Tests.Dns;

public sealed class DnsBadInputTests
{
    private const string Opt = "00 0029 04D0 00 00 0000 0000";

    public static TheoryData<string> Goldens => [Question, Address, Refusal, Node];

    public static TheoryData<string, string> Malformed => new()
    {
        { "pointer to itself", "0001 0000 0001 0000 0000 0000 C00C 0001 0001" },
        { "pointer forward", "0001 0000 0001 0000 0000 0000 C010 0001 0001 00" },
        { "pointer into its own labels", "0001 0000 0001 0000 0000 0000 01 61 C00C 0001 0001" },
        { "two pointers at one another", "0001 0000 0001 0001 0000 0000 01 61 C011 0001 0001 01 62 C00C 0001 0001 00000000 0004 01020304" },
        { "label kind 01", "0001 0000 0001 0000 0000 0000 41 61 00 0001 0001" },
        { "label kind 10", "0001 0000 0001 0000 0000 0000 81 61 00 0001 0001" },
        { "two questions", "0001 0000 0002 0000 0000 0000 00 0001 0001 00 0001 0001" },
        { "name in data shorter than data", "0001 8000 0000 0001 0000 0000 00 0002 0001 00000000 0003 01 61 00 00" },
        { "name in data longer than data", "0001 8000 0000 0001 0000 0000 00 0002 0001 00000000 0002 01 61 00" },
        { "address of 3 bytes", "0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0003 010203" },
        { "address of 5 bytes", "0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 0102030405" },
        { "EDNS twice", $"0001 0000 0000 0000 0000 0002 {Opt} {Opt}" },
        { "EDNS among the answers", $"0001 0000 0000 0001 0000 0000 {Opt}" },
        { "EDNS with a name", $"0001 0000 0000 0000 0000 0001 01 61 {Opt}" },
        { "EDNS option longer than EDNS", "0001 0000 0000 0000 0000 0001 00 0029 04D0 00 00 0000 0004 000F 0001" },
        { "EDNS option header cut", "0001 0000 0000 0000 0000 0001 00 0029 04D0 00 00 0000 0003 000F00 0000" },
        { "NTM record with a pointer", NtmWith("02 6473 C00C") },
        { "NTM record with a name that is no host name", NtmWith("01 2A 00") },
        { "NTM record without a name", NtmWith("00") },
        { "bytes after the end", "0001 0000 0000 0000 0000 0000 00" },
        { "129 records", "0001 8000 0000 0081 0000 0000" + string.Concat(Enumerable.Repeat("00 0001 0001 00000000 0004 01020304", 129)) },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void Malformed_messages_are_refused(string what, string hex) => Assert.False(DnsMessage.TryRead(Hex.Parse(hex), out _), what);

    [Fact]
    public void A_name_longer_than_255_bytes_by_pointers_is_refused()
    {
        // Each record's owner is one label of 60 bytes before the previous owner: the fifth is too long.
        Assert.True(DnsMessage.TryRead(Chain(4), out _));
        Assert.False(DnsMessage.TryRead(Chain(5), out _));
    }

    [Theory, MemberData(nameof(Goldens))]
    public void Every_truncation_is_refused(string hex)
    {
        var golden = Hex.Parse(hex);
        for (var length = 0; length < golden.Length; length++)
        {
            Assert.False(DnsMessage.TryRead(golden.AsSpan(0, length), out _));
        }
    }

    [Theory, MemberData(nameof(Goldens))]
    public void Every_flipped_bit_is_refused_or_read_steadily(string hex)
    {
        var golden = Hex.Parse(hex);
        for (var bit = 0; bit < golden.Length * 8; bit++)
        {
            byte[] flipped = [.. golden];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefusedOrSteady(flipped);
        }
    }

    [Theory, MemberData(nameof(Goldens))]
    public void Several_changed_bytes_are_refused_or_read_steadily(string hex)
    {
        var golden = Hex.Parse(hex);
        Gen.Select(Gen.Int[0, golden.Length - 1], Gen.Byte).Array[1, 6].Sample(
            changes =>
            {
                byte[] bytes = [.. golden];
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                AssertRefusedOrSteady(bytes);
            },
            iter: 3000,
            threads: 1);
    }

    [Fact]
    public void Random_bytes_behind_a_header_never_throw() =>
        Gen.Select(Gen.Byte[0, 3], Gen.Byte.Array[0, 80]).Sample(
            (counts, bytes) => AssertRefusedOrSteady([0, 1, 0x80, 0, 0, (byte)(counts & 1), 0, (byte)(counts >> 1), 0, 0, 0, 0, .. bytes]),
            iter: 5000,
            threads: 1);

    // A message that is read keeps its meaning when it is written and read once more. (Its bytes may change: names get compressed.)
    private static void AssertRefusedOrSteady(byte[] bytes)
    {
        if (!DnsMessage.TryRead(bytes, out var first))
        {
            return;
        }

        var once = Write(first);
        Assert.True(DnsMessage.TryRead(once, out var second));
        Assert.Equal(once, Write(second));
        Assert.Equal(first.Question, second.Question);
    }

    private static byte[] Chain(int records)
    {
        var bytes = new List<byte>(Hex.Parse($"0001 8000 0000 {records:X4} 0000 0000"));
        var previous = 0;
        for (var i = 0; i < records; i++)
        {
            var here = bytes.Count;
            bytes.AddRange([60, .. Enumerable.Repeat((byte)'a', 60), .. i == 0 ? (byte[])[0] : [(byte)(0xC0 | (previous >> 8)), (byte)previous]]);
            bytes.AddRange(Hex.Parse("0001 0001 00000000 0004 01020304"));
            previous = here;
        }

        return [.. bytes];
    }

    private static string NtmWith(string name) =>
        $"0001 8000 0000 0001 0000 0000 00 FF00 0001 00000000 {33 + Hex.Parse(name).Length:X4} 01 {Convert.ToHexString(Digest)} {name}";
}
