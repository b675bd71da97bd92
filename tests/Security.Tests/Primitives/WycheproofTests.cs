using System.Text.Json;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Primitives;

public sealed unsafe class WycheproofTests
{
    private static readonly Dictionary<string, (JsonElement Group, JsonElement Vector)> Known =
        new[] { "aes_gcm", "chacha20_poly1305", "x25519", "ed25519" }
            .SelectMany(VectorSets.Wycheproof).ToDictionary(each => each.Name, each => (each.Group, each.Vector));

    public static TheoryData<string> AesGcm => Names("aes_gcm", 256, 96);

    public static TheoryData<string> ChaCha => Names("chacha20_poly1305", 256, 96);

    public static TheoryData<string> Agreement => new(Known.Keys.Where(name => name.Contains(" x25519 ")));

    public static TheoryData<string> Signatures => new(Known.Keys.Where(name => name.Contains(" ed25519 ")));

    [Theory]
    [MemberData(nameof(AesGcm))]
    public void Aes_256_gcm_of_libsodium(string name)
    {
        if (CipherSuites.Preferred == CipherSuite.Aes256Gcm)
        {
            SealsAndOpens(name, key => new SodiumAesGcmCipher(key));
        }
    }

    [Theory]
    [MemberData(nameof(ChaCha))]
    public void Chacha20_poly1305_of_libcrypto(string name) => SealsAndOpens(name, key => new EvpChaChaCipher(key));

    [Theory]
    [MemberData(nameof(ChaCha))]
    public void Chacha20_poly1305_of_libsodium(string name) => SealsAndOpens(name, key => new SodiumChaChaCipher(key));

    [Theory]
    [MemberData(nameof(Agreement))]
    public void X25519_agreement(string name)
    {
        JsonElement vector = Known[name].Vector;
        byte[] expected = vector.Bytes("shared");
        byte[] shared = new byte[X25519.KeySize];
        bool agreed = X25519.TryAgree(vector.Bytes("private"), vector.Bytes("public"), shared);
        Assert.Equal(expected, shared);
        Assert.Equal(expected.AsSpan().ContainsAnyExcept((byte)0), agreed); // points of low order are refused
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Ed25519_verification(string name)
    {
        (JsonElement group, JsonElement vector) = Known[name];
        byte[] key = group.GetProperty("publicKey").Bytes("pk");
        bool valid = vector.GetProperty("result").GetString() == "valid";
        Assert.Equal(valid, Ed25519.Verify(key, vector.Bytes("msg"), vector.Bytes("sig")));
    }

    private static TheoryData<string> Names(string set, int keySize, int ivSize) => new(Known
        .Where(each => each.Key.Contains($" {set} ") && each.Value.Group.GetProperty("keySize").GetInt32() == keySize
            && each.Value.Group.GetProperty("ivSize").GetInt32() == ivSize)
        .Select(each => each.Key));

    private static void SealsAndOpens(string name, Func<byte[], PacketCipher> create)
    {
        JsonElement vector = Known[name].Vector;
        byte[] iv = vector.Bytes("iv"), aad = vector.Bytes("aad"), message = vector.Bytes("msg");
        byte[] expected = [.. vector.Bytes("ct"), .. vector.Bytes("tag")];
        bool valid = vector.GetProperty("result").GetString() == "valid";
        using PacketCipher cipher = create(vector.Bytes("key"));
        fixed (byte* nonce = iv)
        {
            byte[] sealedText = new byte[expected.Length];
            Assert.True(cipher.SealCore(nonce, aad, message, sealedText));
            Assert.Equal(valid, sealedText.AsSpan().SequenceEqual(expected));
            Assert.Equal(valid, cipher.OpenCore(nonce, aad, expected));
            if (valid)
            {
                Assert.Equal(message, expected[..message.Length]);
            }
        }
    }
}
