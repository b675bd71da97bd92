using System.Buffers.Binary;
using CsCheck;
using NTMobile.Wire.Stun;

namespace NTMobile.Wire.Tests.Stun;

public sealed class StunBadInputTests
{
    private const int HeaderSize = 20;

    [Theory, MemberData(nameof(StunGolden.All), MemberType = typeof(StunGolden))]
    public void Every_truncation_is_refused(string golden)
    {
        byte[] message = Hex.Parse(golden);
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(StunMessage.TryRead(message.AsSpan(0, length), out _));
        }

        Assert.True(StunMessage.TryRead(message, out _));
    }

    [Theory, MemberData(nameof(StunGolden.All), MemberType = typeof(StunGolden))]
    public void Bytes_too_many_are_refused(string golden)
    {
        Assert.False(StunMessage.TryRead([.. Hex.Parse(golden), 0], out _));
        Assert.False(StunMessage.TryRead([.. Hex.Parse(golden), 0, 0, 0, 0], out _));
    }

    [Theory, MemberData(nameof(StunGolden.All), MemberType = typeof(StunGolden))]
    public void A_truncation_whose_length_is_put_right_is_refused_inside_an_attribute(string golden)
    {
        byte[] message = Hex.Parse(golden);
        HashSet<int> ends = [.. AttributeEnds(message)];
        for (int length = HeaderSize; length < message.Length; length++)
        {
            byte[] cut = message[..length];
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)(length - HeaderSize));
            Assert.Equal(ends.Contains(length), StunMessage.TryRead(cut, out _));
            ReadAll(cut);
        }
    }

    [Theory, MemberData(nameof(StunGolden.Sealed), MemberType = typeof(StunGolden))]
    public void A_FINGERPRINT_finds_every_flipped_bit(string golden)
    {
        byte[] message = Hex.Parse(golden);
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            StunMessage.TryRead(flipped, out StunMessage read); // true only where the flip leaves no FINGERPRINT: in its type, or in the length before it
            Assert.False(read.HasFingerprint);
        }
    }

    [Theory, MemberData(nameof(StunGolden.All), MemberType = typeof(StunGolden))]
    public void Every_flipped_bit_is_refused_or_read(string golden)
    {
        byte[] message = Hex.Parse(golden);
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadAll(flipped);
        }
    }

    [Theory]
    [InlineData("8001 0000 2112A442 0102030405060708090A0B0C")] // the two highest bits
    [InlineData("4001 0000 2112A442 0102030405060708090A0B0C")]
    [InlineData("0001 0003 2112A442 0102030405060708090A0B0C 000000")] // no multiple of four
    [InlineData("0001 000C 2112A442 0102030405060708090A0B0C 8028 0004 00000000 8022 0000")] // something behind a FINGERPRINT
    [InlineData("0001 000C 2112A442 0102030405060708090A0B0C 8028 0008 0000000000000000")]
    [InlineData("0001 0004 2112A442 0102030405060708090A0B0C 8022 FFFF")]
    public void A_malformed_message_is_refused(string hex) => Assert.False(StunMessage.TryRead(Hex.Parse(hex), out _));

    [Theory]
    [InlineData("0001 0004 2112A442 0102030405060708090A0B0C 0003 0000")]
    [InlineData("0001 000C 2112A442 0102030405060708090A0B0C 0003 0008 0000000000000006")]
    [InlineData("0001 0008 2112A442 0102030405060708090A0B0C 0027 0002 1F90 0000")]
    [InlineData("0001 0008 2112A442 0102030405060708090A0B0C 0027 0004 0000 0000")] // nobody listens at port 0
    public void A_malformed_attribute_makes_a_request_refused(string hex)
    {
        Assert.True(StunMessage.TryRead(Hex.Parse(hex), out StunMessage message));
        Assert.False(StunRequest.TryRead(message, out _));
    }

    [Theory]
    [InlineData("0020 0008 0003 A147 E112A643")] // family
    [InlineData("0020 0008 0002 A147 E112A643")]
    [InlineData("0020 0007 0001 A147 E112A6 00")]
    [InlineData("0020 000C 0001 A147 E112A643 00000000")]
    [InlineData("0020 0000")]
    public void A_malformed_address_makes_an_answer_refused(string attribute)
    {
        byte[] bytes = Hex.Parse(attribute);
        byte[] datagram = [.. Hex.Parse($"0101 {bytes.Length:X4} 2112A442 0102030405060708090A0B0C"), .. bytes];
        Assert.True(StunMessage.TryRead(datagram, out StunMessage message));
        Assert.False(StunResponse.TryRead(message, out _));
    }

    [Fact]
    public void Random_attributes_never_make_a_reader_throw()
    {
        var body = Gen.Select(Gen.Int[0, 0x30], Gen.Int[0, 12], Gen.Byte.Array[0, 12]).Array[0, 6];
        body.Sample(
            attributes =>
            {
                byte[] bytes = [.. attributes.SelectMany(a => (byte[])[0, (byte)a.Item1, 0, (byte)a.Item2, .. a.Item3])];
                foreach (string type in (string[])["0001", "0101", "0111"])
                {
                    ReadAll([.. Hex.Parse($"{type} {bytes.Length:X4} 2112A442 0102030405060708090A0B0C"), .. bytes]);
                }
            },
            iter: 5000,
            threads: 1);
    }

    [Fact]
    public void Random_bytes_never_make_a_reader_throw() => Gen.Byte.Array[0, 80].Sample(ReadAll, iter: 5000, threads: 1);

    private static void ReadAll(byte[] datagram)
    {
        if (StunMessage.TryRead(datagram, out StunMessage message))
        {
            int read = 0;
            foreach (StunAttribute attribute in message.Attributes)
            {
                read += attribute.Value.Length;
            }

            Assert.InRange(read, 0, datagram.Length);
            StunRequest.TryRead(message, out _);
            StunResponse.TryRead(message, out _);
            StunRefusal.TryRead(message, out _);
        }
    }

    private static IEnumerable<int> AttributeEnds(byte[] message)
    {
        int at = HeaderSize;
        yield return at;
        while (at < message.Length)
        {
            at += 4 + ((BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 2)) + 3) & ~3);
            yield return at;
        }
    }
}
