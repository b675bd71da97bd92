using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests.Frames;

public sealed class SlotPassTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static SlotPass Pass => SlotPass.Compute(Key, keyId: 7, slot: 0x1122334455667788, leg: 1, expiry: 1000);

    // Computed with Python: hmac.new(bytes(range(32)), b"NTM1 slot" + struct.pack(">QBQ", slot, leg, expiry), "sha256").
    [Fact]
    public void The_token_is_the_known_one() =>
        Assert.Equal(new UInt128(0xAE8F4523A59C0DB1, 0x831AC33DDB30A09A), Pass.Token);

    [Fact]
    public void A_pass_is_valid_only_as_it_was_made()
    {
        Assert.True(Pass.Verify(Key));
        Assert.True((Pass with { KeyId = 8 }).Verify(Key));
        Assert.False((Pass with { Slot = 1 }).Verify(Key));
        Assert.False((Pass with { Leg = 0 }).Verify(Key));
        Assert.False((Pass with { Expiry = 1001 }).Verify(Key));
        Assert.False(Pass.Verify(Key.AsSpan(1)));
        for (var bit = 0; bit < 128; bit++)
        {
            Assert.False((Pass with { Token = Pass.Token ^ (UInt128.One << bit) }).Verify(Key));
        }
    }

    [Fact]
    public void There_is_no_third_leg() => Assert.Throws<ArgumentOutOfRangeException>(() => SlotPass.Compute(Key, 1, 1, leg: 2, 1));
}
