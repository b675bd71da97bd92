using System.Diagnostics.CodeAnalysis;
using NTMobile.Security.Identity;

namespace NTMobile.Security.Channel;

/// <summary>The responder's side of Node–DS, DS–RS and Node–RS: all sessions of one server.</summary>
/// <remarks>
/// <para>A HandshakeInit is answered at once and gives a pending session; the first sealed datagram under its keys brings it up. A session that is up takes
/// the place of the one of the same name and role.</para>
/// <para>Source addresses: the one to which the handshake was answered is valid when the peer's first sealed datagram comes from there. A newer sealed
/// datagram from somewhere else makes the server send a PathChallenge there; the PathResponse moves the session. Until then an answer to that source is at
/// most three times as long as the datagram that it answers.</para>
/// <para>No socket, no thread: not for use by several threads at once.</para>
/// </remarks>
public sealed partial class ServerSessions
{
    private readonly ServerIdentity _self;
    private readonly ISessionOwner _owner;
    private readonly IDatagramOutput _output;
    private readonly IRandom _random;
    private readonly TimeProvider _time;
    private readonly SessionLimits _limits;
    private readonly SourceRateLimiter _perSource;
    private readonly TokenBucket _inAll;
    private readonly Dictionary<(CertificateRole Role, string Name), ServerSession> _up = [];
    private readonly Dictionary<ServerSession.HandshakeKey, ServerSession> _answered = [];
    private readonly Queue<ServerSession> _answeredInOrder = new();

    /// <summary>Creates a server's sessions, none yet.</summary>
    /// <param name="self">Keys of the server, and whom it trusts.</param>
    /// <param name="owner">The role.</param>
    /// <param name="output">Where datagrams go.</param>
    /// <param name="paths">The table of the server's path ids.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">Bounds; the defaults if null.</param>
    public ServerSessions(
        ServerIdentity self, ISessionOwner owner, IDatagramOutput output, PathTable paths, IRandom random, TimeProvider time, SessionLimits? limits = null)
    {
        _self = self;
        _owner = owner;
        _output = output;
        _random = random;
        _time = time;
        _limits = limits ?? new SessionLimits();
        Paths = paths;
        _perSource = new SourceRateLimiter(time, random, _limits.HandshakesPerSource, 2 * _limits.HandshakesPerSource);
        _inAll = new TokenBucket(time, _limits.HandshakesInAll, _limits.HandshakesInAll);
    }

    /// <summary>The server's path ids.</summary>
    public PathTable Paths { get; }

    /// <summary>Why datagrams were dropped.</summary>
    public DropCounters<SessionDrop> Drops { get; } = new();

    /// <summary>Sessions that are up.</summary>
    public int Count => _up.Count;

    /// <summary>Finds the session of a peer that is up.</summary>
    public bool TryFind(CertificateRole role, string name, [NotNullWhen(true)] out ServerSession? session) => _up.TryGetValue((role, name), out session);

    /// <summary>Forgets what is too old; call it about once a second.</summary>
    public void Tick()
    {
        long now = _time.Milliseconds();
        while (_answeredInOrder.TryPeek(out ServerSession? oldest) && now - oldest.Begun > _limits.PendingLife.TotalMilliseconds)
        {
            ForgetOldestAnswer();
        }

        foreach (ServerSession session in _up.Values.Where(session => now - session.LastHeard > _limits.IdleLife.TotalMilliseconds).ToList())
        {
            Down(session);
        }
    }

    /// <summary>Ends a session; the owner is told.</summary>
    private void Down(ServerSession session)
    {
        Remove(session);
        _owner.OnDown(session);
    }

    private void Remove(ServerSession session)
    {
        session.IsUp = false;
        _up.Remove((session.Certificate.Role, session.Name));
        Paths.Release(session.ReceivePath);
    }

    /// <summary>The copies of its handshake are no longer answered; if nobody has confirmed it, nobody will.</summary>
    private void ForgetOldestAnswer()
    {
        ServerSession oldest = _answeredInOrder.Dequeue();
        _answered.Remove(oldest.Handshake);
        oldest.Response = [];
        if (!oldest.IsUp)
        {
            Paths.Release(oldest.ReceivePath);
        }
    }
}
