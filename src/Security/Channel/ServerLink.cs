using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.Identity;
using NTMobile.Security.Noise;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

/// <summary>What came out of a datagram for a <see cref="ServerLink"/>.</summary>
public enum LinkReceived
{
    /// <summary>Forged, damaged, replayed, or malformed inside: drop it and count.</summary>
    Refused,

    /// <summary>A part of a longer sequence; more must come.</summary>
    Partial,

    /// <summary>A whole sequence of frames.</summary>
    Frames,
}

/// <summary>The initiator's side of one session with a DS or RS. No socket, no clock: the owner sends what it is given and repeats it.</summary>
/// <remarks>
/// Make before break: after another <see cref="BeginHandshake"/> the present session stays in use until the new handshake is complete, and is still
/// opened until the server has used the new one. The owner sends something (a Ping or a request) as soon as the link is up: that confirms the session
/// to the server. It answers the server's PathChallenge from the socket from which it wants to be reached; not from others that it only measures.
/// Not for use by several threads at once.
/// </remarks>
public sealed class ServerLink
{
    private readonly NodeIdentity _self;
    private readonly byte[] _serverKey;
    private readonly IRandom _random;
    private NoiseHandshake? _handshake;
    private Established? _current;
    private Established? _former;

    /// <summary>Creates a link that is down.</summary>
    /// <param name="self">Our keys, borrowed.</param>
    /// <param name="certificateDer">Our certificate by the provider.</param>
    /// <param name="server">Where the server is.</param>
    /// <param name="serverStaticKey">The server's X25519 key, 32 bytes.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="receivePath">Path id that the server shall put on its datagrams; unique in the owner's table.</param>
    public ServerLink(NodeIdentity self, byte[] certificateDer, Endpoint server, byte[] serverStaticKey, IRandom random, PathId receivePath)
    {
        _self = self;
        Certificate = certificateDer;
        _serverKey = serverStaticKey;
        _random = random;
        Server = server;
        ReceivePath = receivePath;
    }

    /// <summary>Where the server is.</summary>
    public Endpoint Server { get; }

    /// <summary>Our certificate by the provider, DER: what the next handshake shows.</summary>
    public byte[] Certificate { get; set; }

    /// <summary>Path id of the server's datagrams to us.</summary>
    public PathId ReceivePath { get; }

    /// <summary>Whether frames can be sealed.</summary>
    public bool IsUp => _current is not null;

    /// <summary>Whether a handshake waits for its response.</summary>
    public bool IsShaking => _handshake is not null;

    /// <summary>Names the handshake that was begun last; the response bears it.</summary>
    public ulong RendezvousId { get; private set; }

    /// <summary>Begins a handshake, in place of one that waits.</summary>
    /// <returns>The HandshakeInit datagram, at most 512 bytes; the owner repeats it until <see cref="TryCompleteHandshake"/> is true.</returns>
    /// <exception cref="InvalidOperationException">The server's key is unusable.</exception>
    public byte[] BeginHandshake()
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        _random.Fill(id);
        RendezvousId = BinaryPrimitives.ReadUInt64LittleEndian(id);
        _handshake?.Dispose();
        _handshake = NoiseHandshake.Initiator(NoisePattern.IK, _self.Static, _serverKey, ServerHandshake.Prologue(RendezvousId), _random);
        ReadOnlySpan<byte> payload = new FrameBuilder().Append(new Hello(CipherChoice.Own, [ReceivePath])).Append(new Certificate(Certificate)).Written;
        Span<byte> message = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!_handshake.TryWriteMessage(payload, message, out int written))
        {
            throw new InvalidOperationException("The server's key is of low order.");
        }

        var datagram = new byte[HandshakeDatagram.HeaderSize + written];
        HandshakeDatagram.Write(datagram, DatagramType.HandshakeInit, PathId.None, RendezvousId, message[..written]);
        return datagram;
    }

    /// <summary>Takes a HandshakeResponse.</summary>
    /// <returns>Whether it completed the handshake; else it is dropped, and the handshake still waits.</returns>
    public bool TryCompleteHandshake(ReadOnlySpan<byte> datagram)
    {
        if (_handshake is null || !HandshakeDatagram.TryRead(datagram, out HandshakeDatagram response)
            || response.Type != DatagramType.HandshakeResponse || response.RendezvousId != RendezvousId)
        {
            return false;
        }

        Span<byte> payload = stackalloc byte[HandshakeDatagram.MaxMessageSize];
        if (!_handshake.TryReadMessage(response.Message, payload, out int length))
        {
            return false;
        }

        CipherSuite suite = default;
        bool good = ServerHandshake.TryReadPayload(payload[..length], out Hello? hello, out _) && CipherChoice.TryTake(hello.Suites, out suite);
        if (good)
        {
            _former = _current;
            _current = new Established(SecureSession.FromHandshake(_handshake, suite, _random), hello!.PathIds[0]);
        }

        _handshake.Dispose();
        _handshake = null;
        return good;
    }

    /// <summary>Seals frames for the server.</summary>
    /// <param name="frames">1 to <see cref="Chunker.MaxSequenceLength"/> bytes.</param>
    /// <returns>One datagram, or one per chunk; each at most 512 bytes.</returns>
    /// <exception cref="InvalidOperationException">The link is down.</exception>
    public IReadOnlyList<byte[]> Seal(ReadOnlySpan<byte> frames)
    {
        Established current = _current ?? throw new InvalidOperationException("The link is down.");
        return SealedFrames.Seal(current.Keys, current.SendPath, frames);
    }

    /// <summary>Seals frames in one datagram, however long it gets: a probe of the way.</summary>
    /// <exception cref="InvalidOperationException">The link is down.</exception>
    public byte[] SealWhole(ReadOnlySpan<byte> frames)
    {
        Established current = _current ?? throw new InvalidOperationException("The link is down.");
        return SealedFrames.One(current.Keys, current.SendPath, frames);
    }

    /// <summary>Opens a Control datagram that bears <see cref="ReceivePath"/>.</summary>
    /// <param name="datagram">The whole datagram; overwritten.</param>
    /// <param name="frames">The frames, when a whole sequence is there; borrowed from <paramref name="datagram"/> or from nobody.</param>
    public LinkReceived Open(Span<byte> datagram, out ReadOnlySpan<byte> frames)
    {
        // A refused datagram is spoilt, so the former session's turn needs a copy. It ends with the first sign under the present keys.
        byte[] copy = _former is null ? [] : datagram.ToArray();
        if (_current is not null && TryOpen(_current, datagram, out frames, out LinkReceived result))
        {
            _former = null;
            return result;
        }

        frames = default;
        return _former is not null && TryOpen(_former, copy, out frames, out result) ? result : LinkReceived.Refused;
    }

    private static bool TryOpen(Established session, Span<byte> datagram, out ReadOnlySpan<byte> frames, out LinkReceived result)
    {
        frames = default;
        result = LinkReceived.Refused;
        if (datagram.IsEmpty || datagram[0] != (byte)DatagramType.Control || !session.Keys.TryOpen(datagram, out OpenedDatagram opened, out _))
        {
            return false;
        }

        frames = datagram.Slice(opened.Offset, opened.Length);
        result = Join(session.Chunks, ref frames);
        return true;
    }

    /// <summary>Puts chunks together: a datagram with a Chunk frame holds nothing else.</summary>
    private static LinkReceived Join(ChunkAssembler chunks, ref ReadOnlySpan<byte> frames)
    {
        if (!new FrameReader(frames).TryRead(out FrameType type, out ReadOnlySpan<byte> body) || type != FrameType.Chunk)
        {
            return LinkReceived.Frames;
        }

        ChunkResult result = ChunkResult.Refused;
        byte[] whole = [];
        if (Chunk.TryRead(body, out Chunk? chunk))
        {
            result = chunks.Add(chunk, out whole);
        }

        frames = whole;
        return result switch
        {
            ChunkResult.Complete => LinkReceived.Frames,
            ChunkResult.Incomplete => LinkReceived.Partial,
            _ => LinkReceived.Refused,
        };
    }

    private sealed record Established(SecureSession Keys, PathId SendPath)
    {
        public ChunkAssembler Chunks { get; } = new();
    }
}
