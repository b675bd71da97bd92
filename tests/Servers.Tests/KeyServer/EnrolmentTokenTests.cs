using CsCheck;
using NTMobile.Wire.Identity;

namespace NTMobile.Servers.Tests.KeyServer;

public class EnrolmentTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly EnrolmentToken Token = new(
        [.. Enumerable.Range(0, 16).Select(number => (byte)number)],
        [.. Enumerable.Repeat((byte)0xCC, 32)],
        "bag.example.net",
        "example.net",
        "kms.example.net",
        4343);

    [Fact]
    public void The_token_has_the_characters_of_its_picture() => Assert.Equal(
        "ntm1.AQABAgMEBQYHCAkKCwwNDg_MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzA9iYWcuZXhhbXBsZS5uZXQLZXhhbXBsZS5uZXQPa21zLmV4YW1wbGUubmV0EPclx5m4",
        Token.Encode());

    [Theory]
    [InlineData("kms.example.net")]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public void What_was_written_is_read_whatever_kind_of_host_it_has(string host)
    {
        var token = Token with { Host = host };
        Assert.True(EnrolmentToken.TryParse($"  {token.Encode()}\n", out var read, out var problem));
        Assert.Equal(EnrolmentTokenProblem.None, problem);
        Assert.Equivalent(token, read, strict: true);
    }

    [Fact]
    public void Every_truncation_is_called_mistyped()
    {
        var text = Token.Encode();
        Assert.All(Enumerable.Range("ntm1.".Length, text.Length - "ntm1.".Length), length => Expect(EnrolmentTokenProblem.Mistyped, text[..length]));
    }

    [Fact]
    public void Every_changed_character_is_called_mistyped()
    {
        var text = Token.Encode();
        Gen.Select(Gen.Int["ntm1.".Length, text.Length - 1], Gen.Int[0, Alphabet.Length - 1]).Sample((at, other) =>
        {
            if (text[at] != Alphabet[other])
            {
                Expect(EnrolmentTokenProblem.Mistyped, text[..at] + Alphabet[other] + text[(at + 1)..]);
            }
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("ntm2.AQAB")]
    public void Another_text_is_no_token(string? text) => Expect(EnrolmentTokenProblem.NotAToken, text);

    [Theory]
    [InlineData("ntm1.")]
    [InlineData("ntm1.!!!!")]
    [InlineData("ntm1.AQAB====")]
    public void Nonsense_behind_the_first_letters_is_called_mistyped(string text) => Expect(EnrolmentTokenProblem.Mistyped, text);

    [Fact]
    public void A_later_version_is_named_as_such()
    {
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(Token.Encode().AsSpan("ntm1.".Length));
        bytes[0] = 2;
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0, bytes.Length - 4)).AsSpan(0, 4).CopyTo(bytes.AsSpan(bytes.Length - 4));
        Expect(EnrolmentTokenProblem.LaterVersion, "ntm1." + System.Buffers.Text.Base64Url.EncodeToString(bytes));
    }

    [Fact]
    public void A_field_out_of_its_range_is_our_own_mistake()
    {
        Assert.Throws<ArgumentException>(() => (Token with { Secret = [1] }).Encode());
        Assert.Throws<ArgumentException>(() => (Token with { NodeName = "Not Normal" }).Encode());
        Assert.Throws<ArgumentException>(() => (Token with { Host = "two words" }).Encode());
    }

    private static void Expect(EnrolmentTokenProblem expected, string? text)
    {
        Assert.False(EnrolmentToken.TryParse(text, out _, out var problem));
        Assert.Equal(expected, problem);
    }
}
