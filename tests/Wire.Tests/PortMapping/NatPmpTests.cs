using NTMobile.Packets;
using NTMobile.Wire.PortMapping;

namespace NTMobile.Wire.Tests.PortMapping;

public sealed class NatPmpTests
{
    private const string Address = "00 80 0000 00000E10 CB007109";
    private const string Mapped = "00 81 0000 00000E10 10EA C350 00000078";

    [Fact]
    public void The_questions_are_written_as_the_RFC_shows_them()
    {
        Assert.Equal(Hex.Parse("00 00"), NatPmpAddress.Request);
        Assert.Equal(Hex.Parse("00 01 0000 10EA 10EB 00000078"), NatPmpMapping.Request(4330, 4331, 120));
    }

    [Fact]
    public void The_answers_are_read()
    {
        Assert.True(NatPmpAddress.TryRead(Hex.Parse(Address), out var address));
        Assert.Equal(new NatPmpAddress(0, 3600, Endpoint.Parse("203.0.113.9:0")), address);
        Assert.True(NatPmpMapping.TryRead(Hex.Parse(Mapped), out var mapping));
        Assert.Equal(new NatPmpMapping(0, 3600, 4330, 50000, 120), mapping);
    }

    [Fact]
    public void Each_is_read_as_itself_only_and_whole()
    {
        Assert.False(NatPmpAddress.TryRead(Hex.Parse(Mapped), out _));
        Assert.False(NatPmpMapping.TryRead(Hex.Parse(Address), out _));
        Assert.False(NatPmpMapping.TryRead(NatPmpMapping.Request(4330, 4331, 120), out _));
        Assert.False(NatPmpAddress.TryRead([.. Hex.Parse(Address), 0], out _));
        Assert.False(NatPmpMapping.TryRead([.. Hex.Parse(Mapped), 0], out _));
        Assert.All(Enumerable.Range(0, 12), length => Assert.False(NatPmpAddress.TryRead(Hex.Parse(Address).AsSpan(0, length), out _)));
        Assert.All(Enumerable.Range(0, 16), length => Assert.False(NatPmpMapping.TryRead(Hex.Parse(Mapped).AsSpan(0, length), out _)));
    }

    [Fact]
    public void Every_flipped_bit_is_refused_or_seen()
    {
        NatPmpMapping.TryRead(Hex.Parse(Mapped), out var mapping);
        NatPmpAddress.TryRead(Hex.Parse(Address), out var address);
        Assert.All(Flips(Mapped), flipped => Assert.False(NatPmpMapping.TryRead(flipped, out var read) && read == mapping));
        Assert.All(Flips(Address), flipped => Assert.False(NatPmpAddress.TryRead(flipped, out var read) && read == address));
    }

    [Fact]
    public void Who_speaks_NAT_PMP_alone_says_so_to_PCP()
    {
        Assert.True(NatPmpMapping.IsUnsupportedVersion(Hex.Parse("00 81 0001 00000E10")));
        Assert.False(NatPmpMapping.IsUnsupportedVersion(Hex.Parse(Mapped)));
        Assert.False(NatPmpMapping.IsUnsupportedVersion([0, 0x81, 0]));
    }

    private static IEnumerable<byte[]> Flips(string golden)
    {
        var bytes = Hex.Parse(golden);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            yield return flipped;
        }
    }
}
