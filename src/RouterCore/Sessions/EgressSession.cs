using NTMobile.Packets;
using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Sessions;

/// <summary>The keys of Egress datagrams that a relay server gave to this node, as the receive thread finds them by path id.</summary>
internal sealed class EgressSession(SecureSession secure, object owner) : ReceivePath(null, owner)
{
    public SecureSession Secure { get; } = secure;

    /// <summary>User data, in packets and inner bytes.</summary>
    public SessionCounters Counters { get; } = new();
}

/// <summary>Where packets to ordinary hosts go now. Published whole by the control loop; packet loops read it once per packet.</summary>
/// <param name="session">The keys.</param>
/// <param name="uplink">Number of the uplink.</param>
/// <param name="remote">The relay server.</param>
/// <param name="pathId">What it knows us by.</param>
/// <param name="maximumDatagram">Largest UDP payload that the way carries, in bytes.</param>
/// <param name="resolver">Name server for devices that ask this router; 0: none.</param>
internal sealed class EgressPath(EgressSession session, int uplink, Endpoint remote, PathId pathId, int maximumDatagram, uint resolver)
{
    public EgressSession Session { get; } = session;

    public int Uplink { get; } = uplink;

    public Endpoint Remote { get; } = remote;

    public PathId PathId { get; } = pathId;

    public uint Resolver { get; } = resolver;

    /// <summary>Largest IPv4 packet of a device, in bytes.</summary>
    public int LargestPacket { get; } = maximumDatagram - SealedDatagram.Overhead - EgressHeader.Size;
}
