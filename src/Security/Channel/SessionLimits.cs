namespace NTMobile.Security.Channel;

/// <summary>The bounds of one server's sessions.</summary>
public sealed record SessionLimits
{
    /// <summary>Most sessions that are up; a further handshake is dropped.</summary>
    public int MaxSessions { get; init; } = 100_000;

    /// <summary>Most sessions that are answered but not confirmed; the oldest gives way.</summary>
    public int MaxPending { get; init; } = 8192;

    /// <summary>How long an answered handshake waits for its confirmation, and its copies get the same answer.</summary>
    public TimeSpan PendingLife { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A session without an authenticated sign for so long is forgotten.</summary>
    public TimeSpan IdleLife { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Handshakes per second from one IPv4 address or IPv6 /64; many nodes may stand behind one carrier NAT.</summary>
    public double HandshakesPerSource { get; init; } = 20;

    /// <summary>Handshakes per second in all: bounds the time spent on Diffie-Hellman and signatures.</summary>
    public double HandshakesInAll { get; init; } = 500;
}
