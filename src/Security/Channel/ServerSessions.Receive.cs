using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

// A Control datagram's way:
// 1. opened (or dropped); 2. the first one brings the session up; 3. frames: the sessions' own here, the others to the owner;
// 4. a new source is challenged; 5. the answer goes back where the datagram came from, within what that source may get.
public sealed partial class ServerSessions
{
    private const long ChallengeEvery = 100; // ms
    private const int AnswerFactor = 3;

    /// <summary>Takes a Control datagram whose path id names <paramref name="session"/>.</summary>
    /// <param name="session">As found in <see cref="Paths"/>.</param>
    /// <param name="datagram">The whole datagram; opened in place.</param>
    /// <param name="from">Its source.</param>
    public void Receive(ServerSession session, Span<byte> datagram, in Endpoint from)
    {
        if (!SealedDatagram.TryRead(datagram, out SealedDatagram header) || header.Type != DatagramType.Control)
        {
            Drops.Add(SessionDrop.NotForServers);
            return;
        }

        if (!session.Keys.TryOpen(datagram, out OpenedDatagram opened, out _))
        {
            Drops.Add(SessionDrop.NotOpened);
            return;
        }

        session.LastHeard = _time.Milliseconds();
        if (!session.IsUp)
        {
            BringUp(session);
        }

        var arrival = new Arrival(session, from, opened.Counter);
        var reply = new FrameBuilder();
        if (!TryHandle(in arrival, datagram.Slice(opened.Offset, opened.Length), reply))
        {
            Drops.Add(SessionDrop.BadFrame);
        }

        Answer(in arrival, reply, datagram.Length);
        _owner.OnAnswered(session);
    }

    private void BringUp(ServerSession session)
    {
        if (_up.TryGetValue((session.Certificate.Role, session.Name), out ServerSession? former))
        {
            Remove(former);
        }

        session.IsUp = true;
        _up.Add((session.Certificate.Role, session.Name), session);
        _owner.OnUp(session, former);
    }

    private bool TryHandle(in Arrival arrival, ReadOnlySpan<byte> frames, FrameBuilder reply)
    {
        var reader = new FrameReader(frames);
        while (reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body))
        {
            if (!TryHandleFrame(in arrival, type, body, reply))
            {
                return false;
            }
        }

        return !reader.Malformed;
    }

    private bool TryHandleFrame(in Arrival arrival, FrameType type, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        switch (type)
        {
            case FrameType.Chunk:
                return TryHandleChunk(in arrival, body, reply);
            case FrameType.Ping:
                return Ping.TryRead(body, out Ping ping) && Append(reply, new Pong(ping.Number, arrival.From));
            case FrameType.PathChallenge:
                return PathChallenge.TryRead(body, out PathChallenge asked) && Append(reply, new PathResponse(asked.Nonce, arrival.From));
            case FrameType.PathResponse:
                return PathResponse.TryRead(body, out PathResponse response) && TakeResponse(in arrival, response);
            case FrameType.Close:
                return Close.TryRead(body, out _) && End(arrival.Session);
            default:
                return arrival.Session.IsUp && _owner.OnFrame(arrival.Session, arrival.From, type, body, reply);
        }
    }

    private bool TryHandleChunk(in Arrival arrival, ReadOnlySpan<byte> body, FrameBuilder reply)
    {
        if (!Chunk.TryRead(body, out Chunk? chunk))
        {
            return false;
        }

        ChunkResult result = arrival.Session.Chunks.Add(chunk, out byte[] whole);
        return result == ChunkResult.Complete ? TryHandle(in arrival, whole, reply) : result != ChunkResult.Refused;
    }

    private static bool Append<T>(FrameBuilder reply, in T frame)
        where T : IFrame<T>
    {
        reply.Append(in frame);
        return true;
    }

    private bool End(ServerSession session)
    {
        if (session.IsUp)
        {
            Down(session);
        }

        return true;
    }

    private bool TakeResponse(in Arrival arrival, PathResponse response)
    {
        ServerSession session = arrival.Session;
        if (session.Challenged == arrival.From && session.ChallengeNonce == response.Nonce && !session.Challenged.IsNone)
        {
            Endpoint former = session.Source;
            session.Source = arrival.From;
            session.Challenged = default;
            _owner.OnMoved(session, former);
        }

        return true;
    }

    private void Answer(in Arrival arrival, FrameBuilder reply, int received)
    {
        ServerSession session = arrival.Session;
        int allowed = int.MaxValue;
        if (arrival.From == session.Source)
        {
            session.SourceCounter = Math.Max(session.SourceCounter, arrival.Counter);
        }
        else
        {
            allowed = AnswerFactor * received;
            if (arrival.Counter > session.SourceCounter && IsChallengeDue(in arrival))
            {
                var challenge = new PathChallenge(session.ChallengeNonce);
                session.SendTo(arrival.From, new FrameBuilder().Append(challenge).Written, allowed);
                allowed -= SealedDatagram.Overhead + FrameWriter.SizeOf(challenge);
            }
        }

        if (!reply.Written.IsEmpty && !session.SendTo(arrival.From, reply.Written, allowed))
        {
            Drops.Add(SessionDrop.AnswerTooBig);
        }
    }

    private bool IsChallengeDue(in Arrival arrival)
    {
        ServerSession session = arrival.Session;
        long now = _time.Milliseconds();
        if (session.Challenged != arrival.From)
        {
            Span<byte> nonce = stackalloc byte[sizeof(ulong)];
            _random.Fill(nonce);
            session.ChallengeNonce = BinaryPrimitives.ReadUInt64LittleEndian(nonce);
            session.Challenged = arrival.From;
        }
        else if (now - session.ChallengeSent < ChallengeEvery)
        {
            return false;
        }

        session.ChallengeSent = now;
        return true;
    }

    /// <summary>Where and with which counter the frames at hand came.</summary>
    private readonly record struct Arrival(ServerSession Session, Endpoint From, ulong Counter);
}
