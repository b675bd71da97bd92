using System.Buffers.Binary;
using CsCheck;
using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class ChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071_sums_to_DDF2() =>
        Assert.Equal(0xDDF2, Checksum.Sum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Fact]
    public void The_example_of_RFC_1624_gives_zero_and_not_minus_zero()
    {
        Assert.Equal(0x0000, Checksum.Update(0xDD2F, 0x5555, 0x3285));
    }

    [Fact]
    public void A_known_IPv4_header_has_its_checksum()
    {
        var header = Convert.FromHexString("450000730000400040110000c0a80001c0a800c7");
        Assert.Equal(0xB861, Checksum.Compute(header));
    }

    [Fact]
    public void Every_length_alignment_and_start_agrees_with_the_plain_sum() =>
        Gen.Select(Gen.Byte.Array[0, 700], Gen.Int[0, 40], Gen.UShort).Sample((bytes, skip, start) =>
        {
            var data = bytes.AsSpan(Math.Min(skip, bytes.Length));
            return Checksum.Sum(data, start) == Plain(data, start);
        });

    [Fact]
    public void A_packet_of_64_KiB_of_ones_does_not_overflow()
    {
        var data = new byte[65536];
        data.AsSpan().Fill(0xFF);
        Assert.Equal(0xFFFF, Checksum.Sum(data));
    }

    [Fact]
    public void Pieces_of_even_length_sum_to_the_whole() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 150]).Sample((bytes, half) =>
        {
            var cut = Math.Min(half * 2, bytes.Length & ~1);
            return Checksum.Sum(bytes.AsSpan(cut), Checksum.Sum(bytes.AsSpan(0, cut))) == Checksum.Sum(bytes);
        });

    [Fact]
    public void An_update_equals_a_new_computation() =>
        Gen.Select(Gen.Byte.Array[20, 60], Gen.Int[0, 4], Gen.UInt).Sample((bytes, word, value) =>
        {
            // Not all zero: then 0x0000 and 0xFFFF are both right (RFC 1624 §3).
            bytes[^1] = 0;
            bytes[^2] |= 1;
            var at = word * 4;
            var before = Checksum.Compute(bytes);
            var old = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
            return Same(Checksum.Update(before, old, value), Checksum.Compute(bytes))
                && Same(Checksum.Apply(before, Checksum.Delta(old, value)), Checksum.Compute(bytes));
        });

    [Fact]
    public void A_partial_checksum_moves_with_the_pseudo_header() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.UShort).Sample((source, destination, other, length) =>
            Checksum.UpdatePartial(Checksum.PseudoHeader(source, destination, 6, length), source, other) % 0xFFFF
            == Checksum.PseudoHeader(other, destination, 6, length) % 0xFFFF);

    [Fact]
    public void The_IPv6_pseudo_header_is_the_sum_of_its_bytes() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.Byte, Gen.Int[0, 200_000]).Sample((source, destination, protocol, length) =>
        {
            byte[] pseudo = [.. source, .. destination, .. new byte[8]];
            BinaryPrimitives.WriteInt32BigEndian(pseudo.AsSpan(32), length);
            pseudo[39] = protocol;
            return Checksum.Sum(pseudo) % 0xFFFF == Checksum.PseudoHeader(
                BinaryPrimitives.ReadUInt128BigEndian(source), BinaryPrimitives.ReadUInt128BigEndian(destination), protocol, length) % 0xFFFF;
        });

    // 0x0000 and 0xFFFF are the same number in one's complement.
    private static bool Same(ushort a, ushort b) => a % 0xFFFF == b % 0xFFFF;

    private static ushort Plain(ReadOnlySpan<byte> data, uint start)
    {
        var sum = start;
        for (var i = 0; i < data.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)data[i] << 8 : data[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
