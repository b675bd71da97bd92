using NTMobile.Packets;
using NTMobile.Wire.PortMapping;

namespace NTMobile.Wire.Tests.PortMapping;

public sealed class PcpTests
{
    private const string Request =
        "02 01 0000 00000078 00000000000000000000FFFF0A400196"
        + "0102030405060708 090A0B0C 11 000000 10EA 10EB 00000000000000000000FFFFCB007109";

    private const string Granted =
        "02 81 00 00 00000078 00000E10 000000000000000000000000"
        + "0102030405060708 090A0B0C 11 000000 10EA C350 00000000000000000000FFFFCB007109";

    private const string Announced = "02 80 0000 00000000 00000007 000000000000000000000000";
    private static readonly PcpNonce Nonce = new(0x0102030405060708, 0x090A0B0C);

    [Fact]
    public void A_request_is_written_as_the_RFC_shows_it()
    {
        var datagram = new byte[PcpMapRequest.Size];
        new PcpMapRequest(Nonce, 120, Endpoint.Parse("10.64.1.150:4330"), Endpoint.Parse("203.0.113.9:4331")).Write(datagram);
        Assert.Equal(Hex.Parse(Request), datagram);
    }

    [Fact]
    public void An_answer_is_read()
    {
        Assert.True(PcpMapResponse.TryRead(Hex.Parse(Granted), out var read));
        Assert.Equal(new PcpMapResponse(Nonce, 0, 120, 3600, 4330, Endpoint.Parse("203.0.113.9:50000")), read);
    }

    [Fact]
    public void An_answer_may_have_options_and_no_bytes_besides()
    {
        byte[] option = [0x03, 0, 0, 4, 1, 2, 3, 4];
        Assert.True(PcpMapResponse.TryRead([.. Hex.Parse(Granted), .. option], out _));
        Assert.False(PcpMapResponse.TryRead([.. Hex.Parse(Granted), 1, 2], out _));
        Assert.False(PcpMapResponse.TryRead([.. Hex.Parse(Granted), .. new byte[1044]], out _)); // RFC 6887 §7: at most 1,100 bytes
    }

    [Fact]
    public void A_request_is_no_answer() => Assert.False(PcpMapResponse.TryRead(Hex.Parse(Request), out _));

    [Fact]
    public void Every_truncation_is_refused()
    {
        var answer = Hex.Parse(Granted);
        Assert.All(Enumerable.Range(0, answer.Length), length => Assert.False(PcpMapResponse.TryRead(answer.AsSpan(0, length), out _)));
        var announced = Hex.Parse(Announced);
        Assert.All(Enumerable.Range(0, announced.Length), length => Assert.False(PcpAnnounce.TryReadAnswer(announced.AsSpan(0, length), out _)));
    }

    // Version, opcode and protocol are fixed; reserved bytes have no meaning; all others are seen.
    [Fact]
    public void Every_flipped_bit_is_refused_seen_or_reserved()
    {
        var answer = Hex.Parse(Granted);
        Assert.True(PcpMapResponse.TryRead(answer, out var good));
        for (var bit = 0; bit < answer.Length * 8; bit++)
        {
            byte[] flipped = [.. answer];
            flipped[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            var isReserved = bit / 8 is 2 or (>= 12 and < 24) or (>= 37 and < 40);
            Assert.Equal(isReserved, PcpMapResponse.TryRead(flipped, out var read) && read == good);
            Assert.False(bit / 8 is 0 or 1 or 36 && PcpMapResponse.TryRead(flipped, out _));
        }
    }

    [Fact]
    public void An_announcement_is_asked_for_and_read()
    {
        Assert.Equal(Hex.Parse("02 00 0000 00000000 00000000000000000000FFFF0A400196"), PcpAnnounce.Request(Endpoint.Parse("10.64.1.150:4330")));
        Assert.True(PcpAnnounce.TryReadAnswer(Hex.Parse(Announced), out var epoch));
        Assert.Equal(7u, epoch);
        Assert.False(PcpAnnounce.TryReadAnswer(Hex.Parse(Granted), out _));
        Assert.False(PcpAnnounce.TryReadAnswer(PcpAnnounce.Request(Endpoint.Parse("10.64.1.150:4330")), out _));
    }
}
