using System.Runtime.Intrinsics;
using NTMobile.Security.WideBlock;

namespace NTMobile.Security.Tests.WideBlock;

/// <summary>What the processor's instructions compute against what is computed without them.</summary>
public sealed class BackEndTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 11))];
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 300), 1023, 1024, 1025, 1399, 1400, 2047, 9000, 65_515];

    [Fact]
    public void Both_back_ends_multiply_alike()
    {
        if (!X86Carryless.IsSupported && !ArmCarryless.IsSupported)
        {
            Assert.Skip("this processor has no carry-less multiplication");
        }

        var dice = new Dice(1);
        ulong[] values = [0, 1, ulong.MaxValue, 0x8000_0000_0000_0000, 0xFFFF_FFFF, .. Enumerable.Range(0, 60).Select(_ => dice.Next())];
        foreach (var left in values)
        {
            foreach (var right in values)
            {
                var (a, b) = (Vector128.Create(left, ~left), Vector128.Create(right, ~right));
                Assert.Equal(Instruction(a, b), (PortableCarryless.Low(a, b), PortableCarryless.High(a, b)));
            }
        }
    }

    [Fact]
    public void Both_back_ends_make_the_same_key_stream_at_every_length()
    {
        using AesBlocks fast = AesBlocks.Create(Key), portable = AesBlocks.Create(Key, portable: true);
        var dice = new Dice(2);
        foreach (var length in Lengths)
        {
            var nonce = Vector128.Create(dice.Next(), dice.Next()).AsByte();
            byte[] one = dice.Bytes(length), other = [.. one];
            fast.XorKeyStream(nonce, one);
            portable.XorKeyStream(nonce, other);
            Assert.Equal(other, one);
        }
    }

    [Fact]
    public void Both_back_ends_make_the_same_hash_at_every_length()
    {
        var key = Vector128.Create<byte>(Key.AsSpan(0, 16));
        using Polyval fast = Polyval.Create(key), portable = Polyval.Create(key, portable: true);
        var dice = new Dice(3);
        foreach (var length in Lengths)
        {
            var data = dice.Bytes(length);
            var before = Vector128.Create(dice.Next(), dice.Next()).AsByte();
            Assert.Equal(portable.Add(before, data, 1), fast.Add(before, data, 1));
        }
    }

    [Fact]
    public void Each_back_end_opens_what_the_other_made_at_every_length()
    {
        using Hctr2 fast = new(Key), portable = new(Key, portable: true);
        var dice = new Dice(4);
        foreach (var length in Lengths.Where(l => l >= Hctr2.MinimumLength))
        {
            byte[] tweak = dice.Bytes(dice.Below(70)), plain = dice.Bytes(length), message = [.. plain];
            fast.Encrypt(tweak, message);
            portable.Decrypt(tweak, message);
            Assert.Equal(plain, message);
            portable.Encrypt(tweak, message);
            fast.Decrypt(tweak, message);
            Assert.Equal(plain, message);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Several_threads_may_use_one_cipher(bool portable)
    {
        using Hctr2 cipher = new(Key, portable);
        Parallel.For(0, 8, thread =>
        {
            var dice = new Dice((ulong)thread);
            for (var i = 0; i < 300; i++)
            {
                byte[] tweak = dice.Bytes(20), plain = dice.Bytes(200), message = [.. plain];
                cipher.Encrypt(tweak, message);
                cipher.Decrypt(tweak, message);
                Assert.Equal(plain, message);
            }
        });
    }

    private static (Vector128<ulong> Low, Vector128<ulong> High) Instruction(Vector128<ulong> a, Vector128<ulong> b) =>
        X86Carryless.IsSupported ? (X86Carryless.Low(a, b), X86Carryless.High(a, b)) : (ArmCarryless.Low(a, b), ArmCarryless.High(a, b));
}
