using System.Text;
using NTMobile.Security.Identity;

namespace NTMobile.Security.Tests.Identity;

public sealed class NodeIdentityTests
{
    [Fact]
    public void Comes_back_from_its_file()
    {
        using var identity = NodeIdentity.Create(new SeededRandom(1));
        byte[] file = identity.Export();
        Assert.Equal(
            "4E544D31206B6579010100407C9FA136D4413FA6173637E883B6998D32E1D675F88CDDFF9DCBCF331820F4B864ED86B909D6D0502B64B28DB0EA1272FFB358E2"
            + "0E9B1D88B63CCB07FA900CF5D61194879C317FE6AF29FCB62C2359372F5220E9DC906563704CA30EA8AF139F", // computed by other means
            Convert.ToHexString(file));
        Assert.Equal(KeyFileProblem.None, NodeIdentity.Import(file, out NodeIdentity? again));
        using (again)
        {
            Assert.Equal(identity.Signing.PublicKey, again!.Signing.PublicKey);
            Assert.Equal(identity.Static.PublicKey, again.Static.PublicKey);
            Assert.Equal(file, again.Export());
        }
    }

    [Fact]
    public void Every_damage_of_the_file_is_recognised()
    {
        using var identity = NodeIdentity.Create(new SeededRandom(1));
        foreach (byte[] damaged in Damage.Of(identity.Export()))
        {
            bool magic = damaged.AsSpan().StartsWith("NTM1 key"u8);
            Assert.Equal(magic ? KeyFileProblem.Damaged : KeyFileProblem.NotAKeyFile, NodeIdentity.Import(damaged, out NodeIdentity? none));
            Assert.Null(none);
        }
    }

    [Fact]
    public void A_fingerprint_is_short_enough_to_read_aloud()
    {
        // SHA-256 of 32 zero bytes begins 66687aadf862bd776c8fc18b8e9f8e2008971485.
        Assert.Equal("mzuh-vlpy-mk6x-o3ep-ygfy-5h4o-eaej-ofef", NodeIdentity.FingerprintOf(new byte[32]));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "my")]
    [InlineData("fo", "mzxq")]
    [InlineData("foo", "mzxw6")]
    [InlineData("foob", "mzxw6yq")]
    [InlineData("fooba", "mzxw6ytb")]
    [InlineData("foobar", "mzxw6ytboi")]
    public void Base_32_as_in_rfc_4648(string text, string expected) => Assert.Equal(expected, Base32.Encode(Encoding.ASCII.GetBytes(text)));
}
