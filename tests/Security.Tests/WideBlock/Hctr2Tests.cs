using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Tests.WideBlock;

public sealed class Hctr2Tests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 13))];

    [Fact]
    public void One_flipped_bit_of_message_or_tweak_changes_every_block()
    {
        using var cipher = new Hctr2(Key);
        var dice = new Dice(1);
        byte[] tweak = dice.Bytes(22), plain = dice.Bytes(80), first = [.. plain];
        cipher.Encrypt(tweak, first);
        for (var bit = 0; bit < (plain.Length + tweak.Length) * 8; bit++)
        {
            byte[] both = [.. plain, .. tweak];
            both[bit / 8] ^= (byte)(1 << (bit % 8));
            var second = both[..plain.Length];
            cipher.Encrypt(both.AsSpan(plain.Length), second);
            Assert.All(first.Chunk(16).Zip(second.Chunk(16)), pair => Assert.NotEqual(pair.First, pair.Second));
        }
    }

    [Fact]
    public void A_tweak_with_a_zero_more_is_another_tweak()
    {
        using var cipher = new Hctr2(Key);
        HashSet<string> seen = [];
        for (var length = 0; length < 40; length++)
        {
            var message = new byte[40];
            cipher.Encrypt(new byte[length], message);
            Assert.True(seen.Add(Convert.ToHexString(message)));
        }
    }

    [Fact]
    public void Refuses_less_than_a_block_and_keys_of_other_sizes()
    {
        using var cipher = new Hctr2(Key);
        Assert.Throws<ArgumentException>(() => cipher.Encrypt([], new byte[15]));
        Assert.Throws<ArgumentException>(() => cipher.Decrypt([], new byte[15]));
        Assert.Throws<ArgumentException>(() => new Hctr2(Key.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => new Hctr2(Key.AsSpan(1), portable: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disposed_cipher_refuses_to_work(bool portable)
    {
        var cipher = new Hctr2(Key, portable);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt([], new byte[40]));
        Assert.Throws<ObjectDisposedException>(() => cipher.Decrypt([], new byte[40]));
    }
}
