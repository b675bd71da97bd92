using NTMobile.Packets;
using NTMobile.Security.Identity;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

/// <summary>One peer's session at a server. Made and changed by <see cref="ServerSessions"/> only.</summary>
public sealed class ServerSession
{
    private readonly IDatagramOutput _output;

    internal ServerSession(ProviderCertificate certificate, PathId sendPath, Endpoint source, IDatagramOutput output)
    {
        Certificate = certificate;
        SendPath = sendPath;
        Source = source;
        _output = output;
    }

    /// <summary>The peer's certificate, checked.</summary>
    public ProviderCertificate Certificate { get; }

    /// <summary>The peer's name in full.</summary>
    public string Name => Certificate.Name;

    /// <summary>The peer's validated source: where to send what is not an answer.</summary>
    public Endpoint Source { get; internal set; }

    /// <summary>Whether the peer has shown that it holds the session's keys, and no newer session took its place.</summary>
    public bool IsUp { get; internal set; }

    /// <summary>When the peer gave the last authenticated sign, in ms of <see cref="MonotonicTime"/>.</summary>
    public long LastHeard { get; internal set; }

    /// <summary>The cipher that was agreed.</summary>
    public CipherSuite Suite => Keys.Suite;

    /// <summary>What the server's role keeps about the peer.</summary>
    public object? State { get; set; }

    internal SecureSession Keys { get; set; } = null!; // from the end of the handshake on, that is before anybody can find the session

    internal PathId SendPath { get; }

    internal PathId ReceivePath { get; set; }

    internal ChunkAssembler Chunks { get; } = new();

    /// <summary>Highest counter received from <see cref="Source"/>: what is older says nothing about a move.</summary>
    internal ulong SourceCounter { get; set; }

    /// <summary>The source that is being validated, or none.</summary>
    internal Endpoint Challenged { get; set; }

    internal ulong ChallengeNonce { get; set; }

    internal long ChallengeSent { get; set; }

    /// <summary>The answer to the handshake, and what it answers; for copies of the latter.</summary>
    internal byte[] Response { get; set; } = [];

    internal HandshakeKey Handshake { get; set; }

    internal long Begun { get; set; }

    /// <summary>Sends frames to the validated source, in one datagram or in chunks.</summary>
    /// <param name="frames">1 to <see cref="Chunker.MaxSequenceLength"/> bytes.</param>
    public void Send(ReadOnlySpan<byte> frames) => SendTo(Source, frames, int.MaxValue);

    /// <summary>Sends one frame to the validated source.</summary>
    public void Send<T>(in T frame)
        where T : IFrame<T> => Send(new FrameBuilder().Append(in frame).Written);

    /// <summary>Sends one frame to the validated source in one datagram, however long it gets: a probe of the way.</summary>
    public void SendWhole<T>(in T frame)
        where T : IFrame<T>
    {
        byte[] datagram = SealedFrames.One(Keys, SendPath, new FrameBuilder().Append(in frame).Written);
        _output.Send(Source, datagram, datagram.Length);
    }

    /// <summary>Sends frames, unless that takes more than <paramref name="allowed"/> bytes.</summary>
    internal bool SendTo(in Endpoint to, ReadOnlySpan<byte> frames, int allowed)
    {
        byte[][] datagrams = SealedFrames.Seal(Keys, SendPath, frames);
        if (datagrams.Sum(datagram => datagram.Length) > allowed)
        {
            return false;
        }

        foreach (byte[] datagram in datagrams)
        {
            _output.Send(to, datagram, datagram.Length);
        }

        return true;
    }

    /// <summary>Names one handshake attempt: its rendezvous id and half of the initiator's ephemeral key.</summary>
    internal readonly record struct HandshakeKey(ulong RendezvousId, UInt128 Ephemeral);
}
