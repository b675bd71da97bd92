using CsCheck;
using NTMobile.Security.Noise;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

public sealed class SecureSessionTests
{
    public static TheoryData<CipherSuite> Suites => SessionPair.Suites;

    [Fact]
    public void A_datagram_has_these_bytes()
    {
        using var pair = new SessionPair(CipherSuite.ChaCha20Poly1305, 0x1_0203_0405);
        byte[] datagram = SessionPair.Seal(pair.Alice, [.. "NTMobile"u8]);
        Assert.Equal("20A9696802030405", Convert.ToHexString(datagram, 0, 8));
        Assert.Equal("A1D1D90792AC75F5B5806EDB7A237BB0904D37334BBD21F7", Convert.ToHexString(datagram, 8, datagram.Length - 8));
    }

    [Fact]
    public void A_handshake_gives_both_ends_one_session()
    {
        using var alice = X25519KeyPair.Generate(new SeededRandom(1));
        using var bob = X25519KeyPair.Generate(new SeededRandom(2));
        using var initiator = NoiseHandshake.Initiator(NoisePattern.IK, alice, bob.PublicKey, [], new SeededRandom(3));
        using var responder = NoiseHandshake.Responder(NoisePattern.IK, bob, [], new SeededRandom(4));
        byte[] message = new byte[96], read = new byte[96];
        Assert.True(initiator.TryWriteMessage([], message, out int length) && responder.TryReadMessage(message.AsSpan(0, length), read, out _));
        Assert.True(responder.TryWriteMessage([], message, out length) && initiator.TryReadMessage(message.AsSpan(0, length), read, out _));
        using var one = SecureSession.FromHandshake(initiator, CipherSuites.Preferred, SystemRandom.Instance);
        using var other = SecureSession.FromHandshake(responder, CipherSuites.Preferred, SystemRandom.Instance);
        Assert.Equal(OpenFailure.None, SessionPair.Open(other, SessionPair.Seal(one, 1, 2, 3)));
        Assert.Equal(OpenFailure.None, SessionPair.Open(one, SessionPair.Seal(other)));
        Assert.Equal(1UL, one.PacketsOpened);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Lost_reordered_and_doubled_datagrams_open_once_each(CipherSuite suite) =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000]).Array[1, 300].Sample(steps =>
        {
            using var pair = new SessionPair(suite);
            var flying = new List<(byte[] Datagram, ulong Counter)>();
            var opened = new HashSet<ulong>();
            foreach ((int kind, int pick) in steps)
            {
                if (kind < 2 || flying.Count == 0)
                {
                    flying.Add((SessionPair.Seal(pair.Alice, (byte)pick), (ulong)flying.Count));
                    continue;
                }

                (byte[] datagram, ulong counter) = flying[pick % flying.Count]; // may come again, may never come
                bool first = opened.Add(counter);
                Assert.Equal(first ? OpenFailure.None : OpenFailure.Replayed, SessionPair.Open(pair.Bob, datagram));
            }

            Assert.Equal((ulong)opened.Count, pair.Bob.PacketsOpened);
        }, iter: 50);

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_was_sealed_is_what_is_opened(CipherSuite suite)
    {
        using var pair = new SessionPair(suite, 0xFFFF_FFF0);
        for (int i = 0; i < 64; i++)
        {
            byte[] plaintext = new byte[i];
            plaintext.AsSpan().Fill((byte)i);
            byte[] datagram = SessionPair.Seal(pair.Bob, plaintext);
            Assert.True(pair.Alice.TryOpen(datagram, out OpenedDatagram opened, out _));
            Assert.Equal(new OpenedDatagram(SessionPair.Data, SessionPair.Path, 0, 0xFFFF_FFF0UL + (ulong)i, 8, i), opened);
            Assert.Equal(plaintext, datagram.AsSpan(opened.Offset, opened.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void One_flipped_bit_anywhere_is_refused(CipherSuite suite)
    {
        using var pair = new SessionPair(suite, 100_000);
        byte[] datagram = SessionPair.Seal(pair.Alice, [.. Enumerable.Range(0, 40).Select(i => (byte)i)]);
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            byte[] flipped = [.. datagram];
            flipped[bit / 8] ^= (byte)(128 >> (bit % 8));
            if (bit is < 8 or >= 30) // not the 22 bits of the path: a relay changes them
            {
                Assert.NotEqual(OpenFailure.None, SessionPair.Open(pair.Bob, flipped));
            }
        }

        Assert.Equal(0UL, pair.Bob.PacketsOpened);
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, datagram));
    }

    [Fact]
    public void A_changed_path_is_told_but_does_not_matter()
    {
        using var pair = new SessionPair();
        byte[] datagram = SessionPair.Seal(pair.Alice, 1);
        datagram[1] ^= 0xFF;
        Assert.True(pair.Bob.TryOpen(datagram, out OpenedDatagram opened, out _));
        Assert.Equal(SessionPair.Path ^ 0x3FC000, opened.PathId);
    }

    [Fact]
    public void Every_refusal_has_its_reason_and_is_counted()
    {
        using var pair = new SessionPair();
        byte[] datagram = SessionPair.Seal(pair.Alice, 1);
        for (int length = 0; length < datagram.Length; length++)
        {
            bool tooShort = length < SecureSession.Overhead;
            Assert.Equal(tooShort ? OpenFailure.Truncated : OpenFailure.Forged, SessionPair.Open(pair.Bob, datagram[..length]));
        }

        byte[] otherEpoch = [.. datagram];
        otherEpoch[3] ^= 1;
        Assert.Equal(OpenFailure.UnknownEpoch, SessionPair.Open(pair.Bob, otherEpoch));
        Assert.Equal(OpenFailure.Forged, SessionPair.Open(pair.Alice, datagram)); // sent back to its sender
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, datagram));
        Assert.Equal(OpenFailure.Replayed, SessionPair.Open(pair.Bob, datagram));
        long[] counts = [.. Enum.GetValues<OpenFailure>().Select(pair.Bob.FailureCount)];
        Assert.Equal<long>([0, SecureSession.Overhead, 1, 1, 1], counts);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Allocates_nothing_per_packet(CipherSuite suite)
    {
        using var pair = new SessionPair(suite);
        byte[] plaintext = new byte[1400], datagram = new byte[1400 + SecureSession.Overhead];
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                pair.Alice.Seal(SessionPair.Data, SessionPair.Path, pair.Alice.Reserve(1), plaintext, datagram);
                pair.Bob.TryOpen(datagram, out _, out _);
                pair.Bob.TryOpen(datagram, out _, out _); // a replay
            }
        }
    }

    [Fact]
    public void Two_threads_never_get_the_same_counter()
    {
        using var pair = new SessionPair();
        var datagrams = new byte[4][][];
        Parallel.For(0, 4, thread => datagrams[thread] = [.. Enumerable.Range(0, 500).SelectMany(i => SealRun(pair.Alice, 1 + (i % 3)))]);
        byte[][] all = [.. datagrams.SelectMany(each => each)];
        Assert.Equal(all.Length, all.Select(each => Convert.ToHexString(each, 4, 4)).Distinct().Count());
        Assert.All(all, each => Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, each)));
    }

    [Fact]
    public void An_epoch_that_sealed_too_much_refuses()
    {
        using var pair = new SessionPair();
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(i > 0, pair.Alice.WantsRekey);
            Assert.True(pair.Alice.TryReserve(1 << 30, out _));
        }

        Assert.False(pair.Alice.TryReserve(1, out _));
        Assert.Throws<InvalidOperationException>(() => pair.Alice.Reserve(1));
        pair.Rekey();
        Assert.Equal(0UL, pair.Alice.PacketsSealedInEpoch);
        Assert.True(pair.Alice.Reserve(1) > 1UL << 32);
    }

    private static byte[][] SealRun(SecureSession session, int count)
    {
        ulong first = session.Reserve(count);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            byte[] datagram = new byte[10 + SecureSession.Overhead];
            session.Seal(SessionPair.Data, SessionPair.Path, first + (ulong)i, new byte[10], datagram);
            return datagram;
        })];
    }
}
