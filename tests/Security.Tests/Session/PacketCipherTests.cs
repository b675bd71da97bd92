using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

public sealed class PacketCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Aad = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    /// <summary>The back ends that this machine has: Intel's library wants AVX-512 and is a package of its own.</summary>
    public static TheoryData<string> Ciphers =>
    [
        "libsodium AES-256-GCM",
        "libcrypto ChaCha20-Poly1305",
        "libsodium ChaCha20-Poly1305",
        .. IpsecMb.IsAvailable ? (string[])["Intel AES-256-GCM"] : [],
    ];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Opens_what_it_sealed_at_every_length(string name)
    {
        using PacketCipher cipher = Create(name);
        foreach (int length in Enumerable.Range(0, 300).Concat([1399, 1400, 4096, 4097, 65_000]))
        {
            byte[] plaintext = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
            byte[] sealedText = new byte[length + PacketCipher.TagSize];
            cipher.Seal((ulong)length, Aad, plaintext, sealedText);
            Assert.True(cipher.Open((ulong)length, Aad, sealedText));
            Assert.Equal(plaintext, sealedText[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Refuses_every_flipped_bit_another_counter_and_another_aad(string name)
    {
        using PacketCipher cipher = Create(name);
        byte[] sealedText = new byte[40 + PacketCipher.TagSize];
        cipher.Seal(7, Aad, new byte[40], sealedText);
        for (int bit = 0; bit < sealedText.Length * 8; bit++)
        {
            byte[] flipped = [.. sealedText];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(cipher.Open(7, Aad, flipped));
        }

        Assert.False(cipher.Open(8, Aad, [.. sealedText]));
        Assert.False(cipher.Open(7, Aad.AsSpan(1), [.. sealedText]));
        Assert.False(cipher.Open(7, Aad, sealedText.AsSpan(0, 15)));
        Assert.True(cipher.Open(7, Aad, sealedText));
    }

    [Fact]
    public void The_two_chacha_back_ends_make_the_same_bytes()
    {
        using PacketCipher one = new EvpChaChaCipher(Key), other = new SodiumChaChaCipher(Key);
        byte[] first = new byte[116], second = new byte[116];
        one.Seal(0x0102030405060708, Aad, new byte[100], first);
        other.Seal(0x0102030405060708, Aad, new byte[100], second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void The_back_end_that_is_chosen_for_aes_makes_the_same_bytes_as_libsodium()
    {
        using PacketCipher one = PacketCipher.Create(CipherSuite.Aes256Gcm, Key), other = new SodiumAesGcmCipher(Key);
        foreach (int length in Enumerable.Range(0, 600).Concat([1399, 1400, 4096, 4097, 65_000]))
        {
            byte[] plaintext = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 5))];
            byte[] first = new byte[length + PacketCipher.TagSize], second = new byte[length + PacketCipher.TagSize];
            one.Seal(0x0102030405060708 + (ulong)length, Aad, plaintext, first);
            other.Seal(0x0102030405060708 + (ulong)length, Aad, plaintext, second);
            Assert.Equal(second, first);
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Allocates_nothing_per_packet(string name)
    {
        using PacketCipher cipher = Create(name);
        byte[] plaintext = new byte[1400], sealedText = new byte[1416];
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(ulong count)
        {
            for (ulong i = 0; i < count; i++)
            {
                cipher.Seal(i, Aad, plaintext, sealedText);
                cipher.Open(i, Aad, sealedText);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Serves_several_threads_at_once(string name)
    {
        using PacketCipher cipher = Create(name);
        Parallel.For(0, 8, thread =>
        {
            byte[] plaintext = new byte[200], sealedText = new byte[216];
            for (ulong i = 0; i < 2000; i++)
            {
                plaintext.AsSpan().Fill((byte)(thread + (int)i));
                cipher.Seal(i, Aad, plaintext, sealedText);
                Assert.True(cipher.Open(i, Aad, sealedText));
                Assert.Equal(plaintext, sealedText[..200]);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void A_disposed_cipher_refuses_to_work(string name)
    {
        PacketCipher cipher = Create(name);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Seal(1, Aad, new byte[4], new byte[20]));
        Assert.Throws<ObjectDisposedException>(() => cipher.Open(1, Aad, new byte[20]));
    }

    [Fact]
    public void Both_ends_choose_the_same_suite()
    {
        Assert.True(CipherSuites.TryChoose(0b11, 0b11, out CipherSuite suite));
        Assert.Equal(CipherSuite.Aes256Gcm, suite);
        Assert.True(CipherSuites.TryChoose(0b11, 0b10, out suite));
        Assert.Equal(CipherSuite.ChaCha20Poly1305, suite);
        Assert.True(CipherSuites.TryChoose(CipherSuites.Offer, CipherSuites.Offer, out suite));
        Assert.Equal(CipherSuites.Preferred, suite);
        Assert.False(CipherSuites.TryChoose(0b01, 0b10, out _));
        Assert.False(CipherSuites.TryChoose(0b11, 0, out _));
    }

    private static PacketCipher Create(string name) => name switch
    {
        "libsodium AES-256-GCM" => new SodiumAesGcmCipher(Key),
        "Intel AES-256-GCM" => new IpsecMbAesGcmCipher(Key),
        "libcrypto ChaCha20-Poly1305" => new EvpChaChaCipher(Key),
        _ => new SodiumChaChaCipher(Key),
    };
}
