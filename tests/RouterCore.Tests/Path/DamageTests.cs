using NTMobile.RouterCore.Tests.Support;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Path;

/// <summary>Datagrams that were damaged, cut, repeated or made up: dropped, counted, and without consequence.</summary>
public sealed class DamageTests
{
    private const uint Device = Side.DeviceAddress;

    public static TheoryData<CipherSuite, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<CipherSuite, bool>();
            foreach (var suite in new[] { CipherSuites.Preferred, CipherSuite.ChaCha20Poly1305 }.Distinct())
            {
                kinds.Add(suite, false);
                kinds.Add(suite, true);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_flipped_bit_is_found(CipherSuite suite, bool full)
    {
        var pair = new RouterPair(suite: suite);
        var datagram = Sealed(pair, full);

        for (var bit = 0; bit < datagram.Length * 8; bit++)
        {
            byte[] damaged = [.. datagram];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            pair.Give(damaged);
            Assert.Equal(bit + 1, pair.Bob.Dropped);
        }

        Assert.Empty(pair.Bob.Delivered);
        Assert.Empty(pair.Bob.Told);
        pair.Give([.. datagram]);
        Assert.Single(pair.Bob.Delivered); // no damaged copy used up its counter
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_found(bool full)
    {
        var pair = new RouterPair();
        var datagram = Sealed(pair, full);
        for (var length = 1; length < datagram.Length; length++)
        {
            pair.Give(datagram[..length]);
            Assert.Equal(length, pair.Bob.Dropped);
        }

        Assert.Empty(pair.Bob.Delivered);
        Assert.Empty(pair.Bob.Told);
    }

    [Fact]
    public void A_copy_is_dropped()
    {
        var pair = new RouterPair();
        var datagram = Sealed(pair, false);
        pair.Give([.. datagram]);
        pair.Give([.. datagram]);
        Assert.Single(pair.Bob.Delivered);
        Assert.Equal(1, pair.Bob.Router.Drops[DropReason.Replayed]);
    }

    [Fact]
    public void Each_kind_of_refusal_has_a_counter_of_its_own()
    {
        var pair = new RouterPair();
        var datagram = Sealed(pair, false);
        pair.Give([0x77, .. datagram[1..]]);
        pair.Give([datagram[0], 1, 2, 4, .. datagram[4..]]);
        pair.Give([.. datagram[..3], (byte)(datagram[3] ^ 1), .. datagram[4..]]);
        pair.Give([.. datagram[..^1], (byte)(datagram[^1] ^ 1)]);
        pair.Give(datagram[..5]);
        DropReason[] expected = [DropReason.UnknownType, DropReason.UnknownPath, DropReason.UnknownEpoch, DropReason.Forged, DropReason.Truncated];
        Assert.All(expected, reason => Assert.Equal(1, pair.Bob.Router.Drops[reason]));
        Assert.Equal(expected.Length, pair.Bob.Dropped);
    }

    public static TheoryData<string> Nonsense => new(
    [
        "", // no header
        "00", "00000411", // half a header
        "f80004114000010002000900005a", // unknown flags
        "00000411400001", // half a UDP header
        "0000040140", // no ICMP header
        "0000040140030000000000000045000014", // half a quoted header
    ]);

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Content_that_makes_no_sense_is_dropped_though_it_is_authentic(string content)
    {
        var pair = new RouterPair();
        pair.Give(pair.SealedByAlice(DatagramType.Data, Convert.FromHexString(content)));
        Assert.Empty(pair.Bob.Delivered);
        Assert.Equal(1, pair.Bob.Router.Drops[DropReason.MalformedContent]);
    }

    [Fact]
    public void Full_headers_that_make_no_sense_are_dropped()
    {
        var packet = Make.Udp(0, 0, 1, 2, "hello"u8);
        byte[] longer = [.. packet, 0], six = [.. packet], partial = [.. Make.Fragments(Make.Udp(0, 0, 1, 2, Make.Bytes(64)), 32).First];
        six[0] = 0x65;
        (byte Flags, byte[] Packet)[] cases = [(0, longer), (0, six), (0, packet[..19]), (4, partial), (0xFB, packet)];
        foreach (var (flags, bytes) in cases)
        {
            var pair = new RouterPair();
            pair.Give(pair.SealedByAlice(DatagramType.DataFull, [flags, 0, 4, .. bytes]));
            Assert.Empty(pair.Bob.Delivered);
            Assert.Equal(1, pair.Bob.Router.Drops[DropReason.MalformedContent]);
        }
    }

    private static byte[] Sealed(RouterPair pair, bool full)
    {
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1000, 7, "a payload that matters"u8);
        pair.Alice.Send(full ? Make.WithIpOptions(packet) : packet);
        return pair.Alice.Wire.Datagrams.Single();
    }
}
