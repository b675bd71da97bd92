namespace NTMobile.Wire.Tests;

public sealed class DatagramTests
{
    [Fact]
    public void Only_the_types_of_the_page_are_known()
    {
        var known = Enumerable.Range(0, 256).Where(type => DatagramHeader.TryRead([(byte)type, 0, 0, 4], out _));

        Assert.Equal(Enum.GetValues<DatagramType>().Select(type => (int)type), known);
    }

    [Fact]
    public void STUN_has_the_first_bytes_0_to_3()
    {
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 256).Where(type => DatagramHeader.IsStun([(byte)type, 0])));
        Assert.False(DatagramHeader.IsStun([]));
    }

    [Theory]
    [InlineData(DatagramType.HandshakeInit, 0)]
    [InlineData(DatagramType.HandshakeResponse, 1201)]
    [InlineData(DatagramType.Punch, 1)]
    [InlineData(DatagramType.Control, 1)]
    public void A_handshake_datagram_has_a_message_of_its_own_kind(DatagramType type, int messageLength)
    {
        var datagram = new byte[HandshakeDatagram.HeaderSize + messageLength];
        Assert.Throws<ArgumentException>(() => HandshakeDatagram.Write(datagram, type, PathId.None, 1, new byte[messageLength]));

        new DatagramHeader(type, PathId.None).Write(datagram);
        Assert.False(HandshakeDatagram.TryRead(datagram, out _));
    }

    [Fact]
    public void The_longest_sent_handshake_has_512_bytes() =>
        Assert.Equal(512, HandshakeDatagram.HeaderSize + HandshakeDatagram.MaxSentMessageSize);

    [Fact]
    public void Associated_data_and_nonce_hold_the_whole_counter()
    {
        var aad = new byte[SealedDatagram.AadSize];
        var nonce = Enumerable.Repeat((byte)0xFF, SealedDatagram.NonceSize).ToArray();

        SealedDatagram.WriteAad(aad, DatagramType.Data, 0x0102030405060708);
        SealedDatagram.WriteNonce(nonce, 0x0102030405060708);

        Assert.Equal(Hex.Parse("20 0102030405060708"), aad);
        Assert.Equal(Hex.Parse("00000000 0102030405060708"), nonce);
    }

    [Fact]
    public void Content_stands_between_header_and_tag()
    {
        byte[] datagram = [.. new byte[SealedDatagram.HeaderSize], 1, 2, 3, .. new byte[SealedDatagram.TagSize]];

        Assert.Equal([1, 2, 3], SealedDatagram.Content(datagram).ToArray());
    }

    [Fact]
    public void A_data_packet_adds_37_bytes()
    {
        const int OuterIpAndUdp = 20 + 8;
        const int InnerIp = 20;
        Assert.Equal(37, OuterIpAndUdp + SealedDatagram.Overhead + DataHeader.Size - InnerIp);
    }

    [Fact]
    public void Of_a_TOS_byte_only_ECN_is_sent()
    {
        var content = new byte[DataHeader.Size];
        new DataHeader(1, 6, 64, 0xFF, false, true).Write(content);

        Assert.True(DataHeader.TryRead(content, out var header));
        Assert.Equal(new DataHeader(1, 6, 64, 3, false, true), header);
    }

    [Fact]
    public void Headers_of_the_packet_path_do_not_allocate()
    {
        var datagram = new byte[SealedDatagram.Overhead + DataFullHeader.Size + 20];
        SealOne(datagram);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            SealOne(datagram);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    // Writes and reads all that is written and read for a packet.
    private static void SealOne(byte[] datagram)
    {
        Span<byte> aad = stackalloc byte[SealedDatagram.AadSize];
        Span<byte> nonce = stackalloc byte[SealedDatagram.NonceSize];
        SealedDatagram.WriteHeader(datagram, DatagramType.Data, PathId.Of(7).WithEpoch(1), 99);
        SealedDatagram.WriteAad(aad, DatagramType.Data, 99);
        SealedDatagram.WriteNonce(nonce, 99);
        DatagramHeader.WritePathId(datagram, PathId.Read(datagram.AsSpan(1)).WithPathOf(PathId.Of(8)));
        var content = SealedDatagram.Content(datagram);
        new DataHeader(1, 6, 64, 0, true).Write(content);
        var read = DatagramHeader.TryRead(datagram, out _) & SealedDatagram.TryRead(datagram, out var header) & DataHeader.TryRead(content, out _);
        new DataFullHeader(1, true).Write(content);
        read &= DataFullHeader.TryRead(content, out _);
        read &= !HandshakeDatagram.TryRead(datagram, out _);
        Assert.True(read && header.PathId == PathId.Of(8, 1));
    }
}
