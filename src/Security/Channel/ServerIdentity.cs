using NTMobile.Security.Identity;

namespace NTMobile.Security.Channel;

/// <summary>Who a server is and whom it serves.</summary>
/// <param name="Keys">The server's keys, borrowed.</param>
/// <param name="Certificate">The server's own certificate (DER), which it shows where it is the initiator.</param>
/// <param name="ProviderKey">Ed25519 key of the provider's CA, which signed the certificates of all parties.</param>
/// <param name="AcceptedRoles">The roles whose sessions the server takes.</param>
public sealed record ServerIdentity(NodeIdentity Keys, byte[] Certificate, byte[] ProviderKey, IReadOnlyCollection<CertificateRole> AcceptedRoles);
