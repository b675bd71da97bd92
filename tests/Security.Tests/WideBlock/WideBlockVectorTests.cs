using System.Runtime.Intrinsics;
using System.Text.Json;
using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Tests.WideBlock;

/// <summary>Published vectors, each with the processor's instructions and without them.</summary>
public sealed class WideBlockVectorTests
{
    private static readonly Dictionary<string, JsonElement> Known =
        new[] { ("hctr2", "HCTR2_AES256"), ("polyval", "Polyval"), ("xctr", "XCTR_AES256") }
            .SelectMany(set => VectorSets.WideBlock(set.Item1, set.Item2)).ToDictionary(each => each.Name, each => each.Vector);

    public static TheoryData<string> Hctr2Names => Names("hctr2");

    public static TheoryData<string> PolyvalNames => Names("polyval");

    public static TheoryData<string> XctrNames => Names("xctr");

    [Theory]
    [MemberData(nameof(Hctr2Names))]
    public void Hctr2_makes_the_published_bytes_and_takes_them_back(string name)
    {
        var (input, vector) = (Known[name].GetProperty("input"), Known[name]);
        foreach (var portable in (bool[])[false, true])
        {
            using var cipher = new Hctr2(input.Bytes("key_hex"), portable);
            var message = vector.Bytes("plaintext_hex");
            cipher.Encrypt(input.Bytes("tweak_hex"), message);
            Assert.Equal(vector.Bytes("ciphertext_hex"), message);
            cipher.Decrypt(input.Bytes("tweak_hex"), message);
            Assert.Equal(vector.Bytes("plaintext_hex"), message);
        }
    }

    [Theory]
    [MemberData(nameof(PolyvalNames))]
    public void Polyval_makes_the_published_hash(string name)
    {
        var (input, vector) = (Known[name].GetProperty("input"), Known[name]);
        foreach (var portable in (bool[])[false, true])
        {
            using var hash = Polyval.Create(Vector128.Create(input.Bytes("key_hex")), portable);
            Assert.Equal(Vector128.Create(vector.Bytes("hash_hex")), hash.Add(default, input.Bytes("message_hex"), 0));
        }
    }

    [Theory]
    [MemberData(nameof(XctrNames))]
    public void Xctr_makes_the_published_bytes(string name)
    {
        var (input, vector) = (Known[name].GetProperty("input"), Known[name]);
        foreach (var portable in (bool[])[false, true])
        {
            using var aes = AesBlocks.Create(input.Bytes("key_hex"), portable);
            var text = vector.Bytes("plaintext_hex");
            aes.XorKeyStream(Vector128.Create(input.Bytes("nonce_hex")), text);
            Assert.Equal(vector.Bytes("ciphertext_hex"), text);
        }
    }

    [Fact]
    public void Aes_256_makes_the_block_of_its_standard() // FIPS 197, appendix C.3
    {
        var plaintext = Vector128.Create(Convert.FromHexString("00112233445566778899aabbccddeeff"));
        foreach (var portable in (bool[])[false, true])
        {
            using var aes = AesBlocks.Create(Convert.FromHexString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), portable);
            Assert.Equal(Vector128.Create(Convert.FromHexString("8ea2b7ca516745bfeafc49904b496089")), aes.Encrypt(plaintext));
            Assert.Equal(plaintext, aes.Decrypt(aes.Encrypt(plaintext)));
        }
    }

    [Fact]
    public void Polyval_makes_the_hash_of_its_rfc() // RFC 8452, appendix A
    {
        var blocks = Convert.FromHexString("4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362");
        foreach (var portable in (bool[])[false, true])
        {
            using var hash = Polyval.Create(Vector128.Create(Convert.FromHexString("25629347589242761d31f826ba4b757b")), portable);
            Assert.Equal(Vector128.Create(Convert.FromHexString("f7a3b47b846119fae5b7866cf5e5b77e")), hash.Add(default, blocks, 0));
        }
    }

    private static TheoryData<string> Names(string set) => new(Known.Keys.Where(name => name.Contains($" {set} ")));
}
