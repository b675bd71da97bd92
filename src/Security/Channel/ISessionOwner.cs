using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.Security.Channel;

/// <summary>The server role behind <see cref="ServerSessions"/>: DS or RS. Called on the thread that calls the sessions.</summary>
public interface ISessionOwner
{
    /// <summary>A session was confirmed.</summary>
    /// <param name="session">The new session.</param>
    /// <param name="former">The session of the same name and role that it replaces; already forgotten.</param>
    void OnUp(ServerSession session, ServerSession? former);

    /// <summary>A frame came that is not the sessions' own business.</summary>
    /// <param name="session">From whom.</param>
    /// <param name="from">The datagram's source, which may be another than the validated one.</param>
    /// <param name="type">Type; may be unknown.</param>
    /// <param name="body">Body; borrowed until the call returns.</param>
    /// <param name="reply">Frames that go back to where the datagram came from.</param>
    /// <returns>False if the frame has a bad body or is not allowed from this peer: the rest of the datagram is dropped.</returns>
    bool OnFrame(ServerSession session, in Endpoint from, FrameType type, ReadOnlySpan<byte> body, FrameBuilder reply);

    /// <summary>The frames of a datagram were handled and their answer is on its way: what must come after it may be sent now.</summary>
    void OnAnswered(ServerSession session);

    /// <summary>The session's validated source changed.</summary>
    void OnMoved(ServerSession session, Endpoint former);

    /// <summary>The session ended: idle, or closed by the peer. Not called for a replaced one.</summary>
    void OnDown(ServerSession session);
}
