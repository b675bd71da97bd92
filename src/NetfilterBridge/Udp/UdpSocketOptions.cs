using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>How a UDP socket is opened.</summary>
/// <param name="Local">Address and port to bind; <c>0.0.0.0:0</c> leaves both to the kernel. Its family is the socket's.</param>
public sealed record UdpSocketOptions(Endpoint Local)
{
    /// <summary>Interface that all packets go out and come in by, or null. Rules for that interface choose the routing table.</summary>
    public string? Device { get; init; }

    /// <summary>What the owner calls the socket.</summary>
    public int Number { get; init; }

    /// <summary>For an IPv6 socket that speaks with IPv4 alone: the NAT64 that its datagrams go through. It names all others by their IPv4 addresses.</summary>
    public Nat64Prefix? Nat64 { get; init; }

    /// <summary>Packet mark of what is sent, or zero.</summary>
    public uint Mark { get; init; }

    /// <summary>Whether other sockets of this user that allow it too may be bound to the same address and port (SO_REUSEPORT), see <see cref="UdpSocketGroup"/>.</summary>
    public bool SharesPort { get; init; }

    /// <summary>Bytes that wait for being received.</summary>
    public int ReceiveBuffer { get; init; } = 16 << 20;

    /// <summary>Bytes that wait for being sent.</summary>
    public int SendBuffer { get; init; } = 4 << 20;

    /// <summary>Runs received by one system call. A run has up to 64 KiB, and what fits the processor's cache is read fastest.</summary>
    public int BatchSize { get; init; } = 8;
}
