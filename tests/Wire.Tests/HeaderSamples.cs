namespace NTMobile.Wire.Tests;

/// <summary>Every datagram header with its bytes, checked by hand against docs/protocol.md §1.</summary>
internal static class HeaderSamples
{
    private const string TagHex = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";
    private static readonly PathId Id = PathId.Of(0x123456, 1);

    public static IReadOnlyList<WireSample> All { get; } =
    [
        new HeaderSample("DatagramHeader", "20 48D159", () => Written(4, new DatagramHeader(DatagramType.Data, Id).Write), RewriteHeader, openTail: 0),
        Handshake(DatagramType.HandshakeInit, Id, [0xAA, 0xBB], "10 48D159 0102030405060708 AABB", 1),
        Handshake(DatagramType.HandshakeResponse, PathId.None, [0xAA], "11 000000 0102030405060708 AA", 0),
        Handshake(DatagramType.Punch, PathId.None, [], "12 000000 0102030405060708", null),
        Sealed(DatagramType.Data, $"20 48D159 FFFFFFFE 77 {TagHex}"),
        Sealed(DatagramType.DataFull, $"21 48D159 FFFFFFFE 77 {TagHex}"),
        Sealed(DatagramType.Control, $"22 48D159 FFFFFFFE 77 {TagHex}"),
        Sealed(DatagramType.Fragment, $"23 48D159 FFFFFFFE 77 {TagHex}"),
        Sealed(DatagramType.Locator, $"24 48D159 FFFFFFFE 77 {TagHex}"),
        Sealed(DatagramType.Egress, $"25 48D159 FFFFFFFE 77 {TagHex}"),
        new HeaderSample("EgressHeader", "04 45000014 00000000 40060000 01020304 05060708", WriteEgress, RewriteEgress, openTail: 0),
        new HeaderSample("DataHeader", "0E 0102 11 3F", () => Written(5, new DataHeader(0x0102, 17, 63, 2, true, true).Write), RewriteData, openTail: 0),
        new HeaderSample(
            "TranslationProbe", $"0102030405060708 02 00000009 00000123 {TagHex}", WriteProbe, RewriteProbe, openTail: 0),
        new HeaderSample("FragmentHeader", "21 02 03 0008 A1A2", WriteFragment, RewriteFragment, openTail: null),
        new HeaderSample(
            "DataFullHeader", "04 0102 46000018 00000000 40060000 00000000 00000000 01010100", WriteDataFull, RewriteDataFull, openTail: 4),
    ];

    private delegate void WriteTo(Span<byte> destination);

    private static byte[] Written(int length, WriteTo write)
    {
        var bytes = new byte[length];
        write(bytes);
        return bytes;
    }

    // What a header does not read is taken over, so that the whole can be compared.
    private static byte[] Over(byte[] message, WriteTo write, int headerSize)
    {
        byte[] copy = [.. message];
        copy.AsSpan(0, headerSize).Fill(0x5A);
        write(copy);
        return copy;
    }

    private static byte[]? RewriteHeader(byte[] message) =>
        DatagramHeader.TryRead(message, out var header) ? Over(message, header.Write, DatagramHeader.Size) : null;

    private static byte[]? RewriteData(byte[] message) =>
        DataHeader.TryRead(message, out var header) ? Over(message, header.Write, DataHeader.Size) : null;

    private static byte[]? RewriteDataFull(byte[] message) =>
        DataFullHeader.TryRead(message, out var header) ? Over(message, header.Write, DataFullHeader.Size) : null;

    private static byte[]? RewriteFragment(byte[] message) =>
        FragmentHeader.TryRead(message, out var header) ? Over(message, header.Write, FragmentHeader.Size) : null;

    private static byte[] WriteProbe()
    {
        var bytes = new byte[TranslationProbe.Size];
        new TranslationProbe(true, 9, 0x123).Write(bytes, 0x0102030405060708);
        Hex.Parse(TagHex).CopyTo(bytes, TranslationProbe.TagAt);
        return bytes;
    }

    // Marker and tag are looked at by whoever has the keys.
    private static byte[]? RewriteProbe(byte[] message)
    {
        if (!TranslationProbe.TryRead(message, out var probe))
        {
            return null;
        }

        byte[] copy = [.. message];
        probe.Write(copy, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(message));
        message.AsSpan(TranslationProbe.TagAt).CopyTo(copy.AsSpan(TranslationProbe.TagAt));
        return copy;
    }

    // The last of three parts of eight bytes.
    private static byte[] WriteFragment()
    {
        var content = Hex.Parse("0000000000 A1A2");
        new FragmentHeader(DatagramType.DataFull, 2, 3, 8).Write(content);
        return content;
    }

    private static byte[] WriteEgress()
    {
        var content = Hex.Parse("00 45000014 00000000 40060000 01020304 05060708");
        new EgressHeader(true).Write(content);
        return content;
    }

    private static byte[]? RewriteEgress(byte[] message) =>
        EgressHeader.TryRead(message, out var header) ? Over(message, header.Write, EgressHeader.Size) : null;

    private static byte[] WriteDataFull()
    {
        var content = Hex.Parse("000000 46000018 00000000 40060000 00000000 00000000 01010100");
        new DataFullHeader(0x0102, true).Write(content);
        return content;
    }

    private static HeaderSample Handshake(DatagramType type, PathId pathId, byte[] message, string golden, int? openTail)
    {
        return new HeaderSample(type.ToString(), golden, () => Write(type, pathId, 0x0102030405060708, message), Rewrite, openTail);

        static byte[]? Rewrite(byte[] datagram) =>
            HandshakeDatagram.TryRead(datagram, out var read) ? Write(read.Type, read.PathId, read.RendezvousId, read.Message) : null;

        static byte[] Write(DatagramType type, PathId pathId, ulong rendezvousId, ReadOnlySpan<byte> message)
        {
            var buffer = new byte[HandshakeDatagram.HeaderSize + message.Length];
            Assert.Equal(buffer.Length, HandshakeDatagram.Write(buffer, type, pathId, rendezvousId, message));
            return buffer;
        }
    }

    private static HeaderSample Sealed(DatagramType type, string golden)
    {
        return new HeaderSample("Sealed " + type, golden, Write, Rewrite, openTail: 1);

        byte[] Write()
        {
            var datagram = Hex.Parse(golden);
            datagram.AsSpan(0, SealedDatagram.HeaderSize).Clear();
            SealedDatagram.WriteHeader(datagram, type, Id, 0x00000005_FFFFFFFE);
            return datagram;
        }

        static byte[]? Rewrite(byte[] message) => SealedDatagram.TryRead(message, out var read)
            ? Over(message, to => SealedDatagram.WriteHeader(to, read.Type, read.PathId, read.CounterLow), SealedDatagram.HeaderSize)
            : null;
    }
}
