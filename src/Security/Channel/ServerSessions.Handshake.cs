using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using NTMobile.Packets;
using NTMobile.Security.Identity;
using NTMobile.Security.Noise;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

// From HandshakeInit to a pending session:
// 1. a copy of one that was answered gets the same answer; 2. rate limits; 3. Noise message 1; 4. Hello and Certificate; 5. Noise message 2, path id, keys.
public sealed partial class ServerSessions
{
    private const int EphemeralPart = 16; // bytes of the initiator's ephemeral key that tell two attempts apart

    /// <summary>Takes a HandshakeInit without a path id. The answer is never longer than the question.</summary>
    public void ReceiveHandshake(ReadOnlySpan<byte> datagram, in Endpoint from)
    {
        if (TryAnswerHandshake(datagram, from) is { } reason)
        {
            Drops.Add(reason);
        }
    }

    private SessionDrop? TryAnswerHandshake(ReadOnlySpan<byte> datagram, in Endpoint from)
    {
        if (!HandshakeDatagram.TryRead(datagram, out HandshakeDatagram init) || init.Type != DatagramType.HandshakeInit
            || !init.PathId.IsNone || init.Message.Length < NoiseHandshake.Message1Overhead)
        {
            return SessionDrop.NotForServers;
        }

        var key = new ServerSession.HandshakeKey(init.RendezvousId, BinaryPrimitives.ReadUInt128BigEndian(init.Message[..EphemeralPart]));
        if (_answered.TryGetValue(key, out ServerSession? known))
        {
            _output.Send(from, known.Response, known.Response.Length);
            return null;
        }

        if (!_perSource.TryTake(from) || !_inAll.TryTake())
        {
            return SessionDrop.HandshakeTooOften;
        }

        return _up.Count >= _limits.MaxSessions ? SessionDrop.TooManySessions : Answer(key, init.Message, from);
    }

    private SessionDrop? Answer(ServerSession.HandshakeKey key, ReadOnlySpan<byte> message, in Endpoint from)
    {
        using var noise = NoiseHandshake.Responder(NoisePattern.IK, _self.Keys.Static, ServerHandshake.Prologue(key.RendezvousId), _random);
        Span<byte> payload = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!noise.TryReadMessage(message, payload, out int length))
        {
            return SessionDrop.HandshakeForged;
        }

        if (!ServerHandshake.TryReadPayload(payload[..length], out Hello? hello, out byte[]? der) || der is null)
        {
            return SessionDrop.HandshakePayload;
        }

        if (!TryCheckCertificate(der, noise.RemoteStatic, out ProviderCertificate? certificate))
        {
            return SessionDrop.BadCertificate;
        }

        if (!_self.AcceptedRoles.Contains(certificate.Role))
        {
            return SessionDrop.WrongRole;
        }

        if (!CipherChoice.TryChoose(hello.Suites, out CipherSuite suite))
        {
            return SessionDrop.NoCommonCipher;
        }

        return Begin(key, noise, new Agreed(certificate, hello.PathIds[0], suite), from);
    }

    /// <summary>The certificate must be the provider's, still good, and for the static key that the handshake proved.</summary>
    private bool TryCheckCertificate(byte[] der, ReadOnlySpan<byte> staticKey, [NotNullWhen(true)] out ProviderCertificate? certificate) =>
        CertificateVerifier.TryVerify(der, _self.ProviderKey, _time.GetUtcNow(), out certificate, out _)
        && certificate.StaticKey.AsSpan().SequenceEqual(staticKey);

    private SessionDrop? Begin(ServerSession.HandshakeKey key, NoiseHandshake noise, Agreed agreed, in Endpoint from)
    {
        if (_answeredInOrder.Count >= _limits.MaxPending)
        {
            ForgetOldestAnswer();
        }

        var session = new ServerSession(agreed.Certificate, agreed.SendPath, from, _output) { Handshake = key, Begun = _time.Milliseconds() };
        session.ReceivePath = Paths.Allocate(session);
        ReadOnlySpan<byte> payload = new FrameBuilder().Append(new Hello(CipherChoice.ToOffer(agreed.Suite), [session.ReceivePath])).Written;
        Span<byte> message = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!noise.TryWriteMessage(payload, message, out int written))
        {
            Paths.Release(session.ReceivePath);
            return SessionDrop.HandshakeForged; // a static or ephemeral key of low order
        }

        session.Keys = SecureSession.FromHandshake(noise, agreed.Suite, _random);
        session.Response = Response(key.RendezvousId, message[..written]);
        _answered.Add(key, session);
        _answeredInOrder.Enqueue(session);
        _output.Send(from, session.Response, session.Response.Length);
        return null;
    }

    private static byte[] Response(ulong rendezvousId, ReadOnlySpan<byte> message)
    {
        var datagram = new byte[HandshakeDatagram.HeaderSize + message.Length];
        HandshakeDatagram.Write(datagram, DatagramType.HandshakeResponse, PathId.None, rendezvousId, message);
        return datagram;
    }

    private sealed record Agreed(ProviderCertificate Certificate, PathId SendPath, CipherSuite Suite);
}
