using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Scenario.Tests.World;
using NTMobile.Security.Noise;
using NTMobile.Security.Primitives;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>
/// Two routers with one session between them. Both LANs are 192.168.8.0/24 and both devices 192.168.8.100:
/// <code>device ── alice ══ wire ══ bob ── device</code>
/// Alice's LAN knows bob's device as 198.18.0.66, bob's LAN knows alice's as 198.19.150.7.
/// </summary>
internal sealed class RouterPair
{
    public const int LargestDatagram = 1472;
    private const ushort ContextId = 4;

    private static readonly Endpoint AliceAt = Endpoint.FromIpv4(0xCB00_7101, 40000);
    private static readonly Endpoint BobAt = Endpoint.FromIpv4(0xCB00_7102, 40000);

    /// <param name="shared">What of bob's device alice's group may start towards; nothing of alice's is shared.</param>
    /// <param name="suite">Cipher; null: the one that is quickest here.</param>
    public RouterPair(SharedPorts? shared = null, CipherSuite? suite = null)
    {
        var random = new SeededRandom(7);
        var (one, other) = Sessions(suite ?? CipherSuites.Preferred, random);
        PathId aliceReceives = PathId.Of(0x111111, 0), bobReceives = PathId.Of(0x2A5A5A, 0);
        Alice = new Side("bob.ntm.test", one, true, 0xC612_0042, aliceReceives, BobAt);
        Bob = new Side("alice.ntm.test", other, false, 0xC613_9607, bobReceives, AliceAt);
        Alice.Session.Active = new SendPath(1, BobAt, bobReceives, LargestDatagram) { SizeKnown = true };
        Bob.Session.Active = new SendPath(1, AliceAt, aliceReceives, LargestDatagram) { SizeKnown = true };
        Alice.Install(ContextId, SharedPorts.Nothing);
        Bob.Install(ContextId, shared ?? SharedPorts.All);
    }

    /// <param name="alice">Addresses of alice's device and of what it speaks with, if it speaks IPv6.</param>
    /// <param name="bob">The same of bob's.</param>
    /// <param name="shared">What of both devices is shared.</param>
    public RouterPair(Ipv6Pair? alice, Ipv6Pair? bob, SharedPorts? shared = null)
        : this(shared)
    {
        foreach (var (side, addresses) in new[] { (Alice, alice), (Bob, bob) })
        {
            if (addresses is not null)
            {
                side.Install(ContextId, shared ?? SharedPorts.All, addresses);
            }
        }
    }

    public Side Alice { get; }

    public Side Bob { get; }

    /// <summary>Gives a packet of alice's device to alice, what comes out to bob, and returns what bob's device gets.</summary>
    public IReadOnlyList<byte[]> ToBob(byte[] packet, PacketHints hints = PacketHints.None) => Carry(Alice, packet, hints, Bob, AliceAt);

    /// <summary>The other way.</summary>
    public IReadOnlyList<byte[]> ToAlice(byte[] packet, PacketHints hints = PacketHints.None) => Carry(Bob, packet, hints, Alice, BobAt);

    /// <summary>A datagram that came to bob from alice's address.</summary>
    public void Give(byte[] datagram, byte ecn = 0) => Bob.Receive(datagram, datagram.Length, AliceAt, ecn);

    /// <summary>Seals content of alice's making, as only somebody with her keys can.</summary>
    public byte[] SealedByAlice(DatagramType type, ReadOnlySpan<byte> content)
    {
        var datagram = new byte[content.Length + SealedDatagram.Overhead];
        var secure = Alice.Session.Secure;
        secure.Seal((byte)type, (uint)Alice.Session.Active!.PathId.Path, secure.Reserve(1), content, datagram);
        return datagram;
    }

    private static byte[][] Carry(Side from, byte[] packet, PacketHints hints, Side to, Endpoint at)
    {
        from.Wire.Clear();
        to.Delivered.Clear();
        Assert.Equal(Outcome.Consumed, from.Send(packet, hints));
        foreach (var (_, bytes, size) in from.Wire.Runs)
        {
            to.Receive(bytes, size, at);
        }

        return [.. to.Delivered];
    }

    /// <summary>Both ends of a session: initiator and responder.</summary>
    public static (SecureSession One, SecureSession Other) Sessions(CipherSuite suite, SeededRandom random)
    {
        var (first, second) = (X25519KeyPair.Generate(random), X25519KeyPair.Generate(random));
        using var one = NoiseHandshake.Initiator(NoisePattern.IK, first, second.PublicKey, default, random);
        using var other = NoiseHandshake.Responder(NoisePattern.IK, second, default, random);
        Span<byte> message = stackalloc byte[256];
        Span<byte> payload = stackalloc byte[256];
        Assert.True(one.TryWriteMessage(default, message, out var length));
        Assert.True(other.TryReadMessage(message[..length], payload, out _));
        Assert.True(other.TryWriteMessage(default, message, out length));
        Assert.True(one.TryReadMessage(message[..length], payload, out _));
        return (SecureSession.FromHandshake(one, suite, random), SecureSession.FromHandshake(other, suite, random));
    }
}
