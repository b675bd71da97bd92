using NTMobile.Packets;
using NTMobile.Security.Identity;

namespace NTMobile.RouterCore;

/// <summary>What a node is told once, when it starts or is enrolled.</summary>
/// <param name="Name">Its own name, <c>router.zone</c>.</param>
/// <param name="Zone">The provider's zone.</param>
/// <param name="Identity">Its keys.</param>
/// <param name="Certificate">Its certificate by the provider, DER; <see cref="CertificateRenewed"/> brings later ones.</param>
/// <param name="DirectionServers">Direction Servers, the preferred one first.</param>
/// <param name="LanAddress">The router's own IPv4 address on the LAN.</param>
/// <param name="VirtualPrefix">Where virtual addresses come from.</param>
/// <param name="FirstBundleSerial">Higher than any serial used before; one is used per change of registration.</param>
public sealed record NodeSettings(
    string Name,
    string Zone,
    NodeIdentity Identity,
    byte[] Certificate,
    IReadOnlyList<ServerAddress> DirectionServers,
    uint LanAddress,
    AddressPrefix VirtualPrefix,
    ulong FirstBundleSerial)
{
    /// <summary>The LAN's network: who has an address of it is here, and nowhere else.</summary>
    public AddressPrefix Lan { get; init; } = new(LanAddress & 0xFFFF_FF00, 24);
}

/// <summary>A server's address and key.</summary>
/// <param name="Endpoint">Its UDP endpoint, by which all messages name it.</param>
/// <param name="PublicKey">Its X25519 key, 32 bytes.</param>
public sealed record ServerAddress(Endpoint Endpoint, byte[] PublicKey)
{
    /// <summary>Its UDP endpoint by the other IP version; none: it has none, or nobody has told us yet.</summary>
    public Endpoint Other { get; init; }
}
