using NTMobile.Security.Noise;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Tests.Noise;

public sealed class NoiseHandshakeTests : IDisposable
{
    private static readonly byte[] Psk = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] Prologue = [1, 2, 3];
    private static readonly byte[] LowOrder = new byte[32];

    private readonly X25519KeyPair _alice = X25519KeyPair.Generate(new SeededRandom(1));
    private readonly X25519KeyPair _bob = X25519KeyPair.Generate(new SeededRandom(2));
    private readonly byte[] _read = new byte[256];

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public void Payloads_keys_and_hash_arrive()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        Assert.True(bob.TryReadMessage(Write(alice, [10, 11]), _read, out int length));
        Assert.Equal<byte>([10, 11], _read[..length]);
        Assert.Equal(_alice.PublicKey, bob.RemoteStatic);
        Assert.True(alice.TryReadMessage(Write(bob, [12]), _read, out length));
        Assert.Equal<byte>([12], _read[..length]);
        Assert.Equal((NoiseState.Complete, NoiseState.Complete), (alice.State, bob.State));
        byte[] one = new byte[32], other = new byte[32];
        alice.ExportChainingKey(one);
        bob.ExportChainingKey(other);
        Assert.Equal(one, other);
    }

    [Fact]
    public void Every_flipped_bit_of_message_1_is_refused_and_the_responder_lives_on()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        byte[] message = Write(alice, [1, 2, 3]);
        EveryFlip(message, flipped => Assert.False(bob.TryReadMessage(flipped, _read, out _)));
        Assert.True(bob.TryReadMessage(message, _read, out _));
    }

    [Fact]
    public void Every_flipped_bit_of_message_2_is_refused_and_the_initiator_lives_on()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        Assert.True(bob.TryReadMessage(Write(alice, []), _read, out _));
        byte[] message = Write(bob, [1, 2, 3]);
        EveryFlip(message, flipped => Assert.False(alice.TryReadMessage(flipped, _read, out _)));
        Assert.Equal(NoiseState.Read, alice.State);
        Assert.True(alice.TryReadMessage(message, _read, out _));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        byte[] message = Write(alice, [1, 2, 3]);
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(bob.TryReadMessage(message.AsSpan(0, length), _read, out _));
            Assert.False(bob.TryPeekInitiatorStatic(message.AsSpan(0, Math.Min(length, NoiseHandshake.Message1Overhead - 1)), new byte[32]));
        }
    }

    [Fact]
    public void Another_psk_prologue_or_responder_is_refused()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        byte[] message = Write(alice, []);
        using NoiseHandshake otherPsk = NoiseHandshake.Responder(NoisePattern.IKpsk1, _bob, Prologue, new SeededRandom(4));
        otherPsk.SetPsk(new byte[32]);
        using NoiseHandshake otherPrologue = NoiseHandshake.Responder(NoisePattern.IKpsk1, _bob, [1, 2], new SeededRandom(4));
        otherPrologue.SetPsk(Psk);
        using NoiseHandshake otherKey = NoiseHandshake.Responder(NoisePattern.IKpsk1, _alice, Prologue, new SeededRandom(4));
        otherKey.SetPsk(Psk);
        using NoiseHandshake otherPattern = NoiseHandshake.Responder(NoisePattern.IK, _bob, Prologue, new SeededRandom(4));
        Assert.False(otherPsk.TryReadMessage(message, _read, out _));
        Assert.False(otherPrologue.TryReadMessage(message, _read, out _));
        Assert.False(otherKey.TryReadMessage(message, _read, out _));
        Assert.False(otherPattern.TryReadMessage(message, _read, out _));
        Assert.True(bob.TryReadMessage(message, _read, out _));
    }

    [Fact]
    public void The_initiator_is_known_before_the_psk_is_chosen()
    {
        (NoiseHandshake alice, _) = Pair();
        byte[] message = Write(alice, []), seen = new byte[32];
        using NoiseHandshake bob = NoiseHandshake.Responder(NoisePattern.IKpsk1, _bob, Prologue, new SeededRandom(4));
        Assert.True(bob.TryPeekInitiatorStatic(message, seen));
        Assert.Equal(_alice.PublicKey, seen);
        Assert.Throws<InvalidOperationException>(() => bob.TryReadMessage(message, _read, out _));
        bob.SetPsk(Psk);
        Assert.True(bob.TryReadMessage(message, _read, out _));
        message[40] ^= 1;
        using NoiseHandshake again = NoiseHandshake.Responder(NoisePattern.IKpsk1, _bob, Prologue, new SeededRandom(4));
        Assert.False(again.TryPeekInitiatorStatic(message, seen));
    }

    [Fact]
    public void A_responder_key_of_low_order_kills_the_initiator()
    {
        using var alice = NoiseHandshake.Initiator(NoisePattern.IK, _alice, LowOrder, Prologue, new SeededRandom(3));
        Assert.False(alice.TryWriteMessage([], new byte[96], out _));
        Assert.Equal(NoiseState.Dead, alice.State);
    }

    [Fact]
    public void Calls_out_of_turn_throw()
    {
        (NoiseHandshake alice, NoiseHandshake bob) = Pair();
        Assert.Throws<InvalidOperationException>(() => bob.TryWriteMessage([], new byte[96], out _));
        Assert.Throws<InvalidOperationException>(() => alice.TryReadMessage(new byte[96], _read, out _));
        Assert.Throws<InvalidOperationException>(() => alice.ExportChainingKey(new byte[32]));
        Assert.Throws<ArgumentException>(() => alice.TryWriteMessage([], new byte[95], out _));
    }

    private (NoiseHandshake Alice, NoiseHandshake Bob) Pair()
    {
        var alice = NoiseHandshake.Initiator(NoisePattern.IKpsk1, _alice, _bob.PublicKey, Prologue, new SeededRandom(3));
        var bob = NoiseHandshake.Responder(NoisePattern.IKpsk1, _bob, Prologue, new SeededRandom(4));
        alice.SetPsk(Psk);
        bob.SetPsk(Psk);
        return (alice, bob);
    }

    private static byte[] Write(NoiseHandshake handshake, byte[] payload)
    {
        byte[] buffer = new byte[256];
        Assert.True(handshake.TryWriteMessage(payload, buffer, out int written));
        return buffer[..written];
    }

    private static void EveryFlip(byte[] message, Action<byte[]> check)
    {
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            check(flipped);
        }
    }
}
