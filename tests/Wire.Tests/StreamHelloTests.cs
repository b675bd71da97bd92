namespace NTMobile.Wire.Tests;

public sealed class StreamHelloTests
{
    private static readonly byte[] Golden = [0x4E, 0x54, 0x4D, 0x31, 0x10, 0xEB];

    [Fact]
    public void It_is_six_bytes() => Assert.Equal(Golden, StreamHello.Write(4331));

    [Fact]
    public void It_is_read_with_datagrams_behind_it()
    {
        Assert.True(StreamHello.TryRead([.. Golden, 0, 1, 2], out var port));
        Assert.Equal(4331, port);
    }

    [Fact]
    public void Every_truncation_may_become_one_and_is_none_yet()
    {
        for (var length = 0; length < Golden.Length; length++)
        {
            Assert.True(StreamHello.IsBeginning(Golden.AsSpan(0, length)));
            Assert.False(StreamHello.TryRead(Golden.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Every_bit_flip_in_its_name_is_refused()
    {
        for (var bit = 0; bit < 32; bit++)
        {
            var damaged = (byte[])Golden.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(StreamHello.TryRead(damaged, out _));
            Assert.False(StreamHello.IsBeginning(damaged));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("N")]
    public void A_web_browser_is_told_apart_at_its_first_bytes(string text) =>
        Assert.Equal(text.Length == 1, StreamHello.IsBeginning(System.Text.Encoding.ASCII.GetBytes(text)));
}
