using System.Net;
using NTMobile.Packets;

namespace NTMobile.RouterCore;

/// <summary>What a <see cref="Node"/> has done for it. All calls come from the thread that steps the node.</summary>
public interface IActions
{
    /// <summary>Sends one datagram.</summary>
    /// <param name="uplink">Number of the uplink.</param>
    /// <param name="to">Where to.</param>
    /// <param name="datagram">UDP payload.</param>
    void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram);

    /// <summary>Sends a whole IPv4 packet as it is.</summary>
    /// <param name="uplink">Number of the uplink.</param>
    /// <param name="packet">The packet.</param>
    void SendPacket(int uplink, ReadOnlySpan<byte> packet);

    /// <summary>Opens further sockets that send by an uplink's interface, each from a port of its own.</summary>
    /// <param name="uplink">The uplink.</param>
    /// <param name="count">How many.</param>
    /// <returns>Those that could be opened, in the order in which they are to send.</returns>
    IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count);

    /// <summary>Closes further sockets, by their numbers.</summary>
    void CloseSockets(IReadOnlyCollection<int> numbers);

    /// <summary>Sends an IP packet, checksums complete, to a LAN device.</summary>
    void SendToLan(ReadOnlySpan<byte> packet);

    /// <summary>Gives a held packet to <see cref="Router.FromLan"/> once more, as one that has waited.</summary>
    void Forward(byte[] packet, PacketHints hints);

    /// <summary>Gives a datagram to <see cref="Router.FromWire"/> once more, by the thread that calls it, as one that has waited.</summary>
    /// <param name="uplink">Where it came in.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="datagram">UDP payload.</param>
    /// <param name="givenBy">Whose <see cref="LoopState.HasGone"/> is called when it has been given, or was lost; null: nobody's.</param>
    void Receive(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy);

    /// <summary>Keeps a virtual address for good.</summary>
    void Save(VirtualLease lease);

    /// <summary>Keeps a move's record in the journal.</summary>
    void Save(MoveRecord move);
}

/// <summary>A virtual address given to a device behind a peer; the same for as long as the store lives.</summary>
/// <param name="Peer">The peer's node name.</param>
/// <param name="Device">The device's label under it; for what is shown of it as speaking IPv6 followed by <c>/6</c> (docs/decisions/0015).</param>
/// <param name="Address">The address.</param>
/// <param name="LastUsed">When it was last asked for or used.</param>
public sealed record VirtualLease(string Peer, string Device, uint Address, DateTimeOffset LastUsed)
{
    /// <summary>The device's label.</summary>
    public string Label => RemoteName.Label(Device);

    /// <summary>The address that the DNS gives for it.</summary>
    public IPAddress Shown => (RemoteName.IsIpv6(Device) ? Endpoint.FromIpv6(RemoteName.Address(Peer, Device), 0) : Endpoint.FromIpv4(Address, 0)).ToIPAddress();
}

/// <summary>One move of a session from path to path.</summary>
/// <param name="At">When it began.</param>
/// <param name="Peer">The peer's node name.</param>
/// <param name="Cause">What made it necessary.</param>
/// <param name="GapMs">Milliseconds without any packet from the peer.</param>
/// <param name="Lost">Datagrams of the peer that never came, counted by their counters.</param>
/// <param name="From">The path before.</param>
/// <param name="To">The path after.</param>
public sealed record MoveRecord(DateTimeOffset At, string Peer, string Cause, int GapMs, long Lost, string From, string To);
