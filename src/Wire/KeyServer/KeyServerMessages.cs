namespace NTMobile.Wire.KeyServer;

/// <summary>Node → KMS, <c>POST /v1/enrol</c>: gives a one-time token for a certificate.</summary>
/// <param name="Secret">The token's secret, 16 bytes.</param>
/// <param name="Request">PKCS#10 request (RFC 2986), signed by the node's identity key.</param>
public sealed record EnrolRequest(byte[] Secret, byte[] Request);

/// <summary>Node → KMS, <c>POST /v1/renew</c>: gives a certificate that still is valid for a new one of the same key, name and role.</summary>
/// <param name="Certificate">The certificate, X.509 DER.</param>
/// <param name="Request">PKCS#10 request, signed by the same key.</param>
public sealed record RenewRequest(byte[] Certificate, byte[] Request);

/// <summary>KMS → node, the answer to both: all that the node must know of its provider.</summary>
/// <param name="Certificate">The node's certificate, X.509 DER.</param>
/// <param name="ProviderKey">The provider CA's Ed25519 key, 32 bytes.</param>
/// <param name="Zone">The provider's zone.</param>
/// <param name="DirectionServers">The DSs that the node may use, best first.</param>
/// <param name="KeyServer">Where the KMS is reached from now on.</param>
public sealed record EnrolAnswer(
    byte[] Certificate, byte[] ProviderKey, string Zone, IReadOnlyList<DirectionServerEntry> DirectionServers, KeyServerEntry KeyServer);

/// <summary>A Direction Server.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoint">Its UDP endpoint, <c>192.0.2.1:4330</c> or <c>[2001:db8::1]:4330</c>.</param>
/// <param name="Key">Its X25519 static key, 32 bytes.</param>
/// <param name="OtherEndpoint">Its UDP endpoint by the other IP version; null: it has none.</param>
public sealed record DirectionServerEntry(string Name, string Endpoint, byte[] Key, string? OtherEndpoint = null);

/// <summary>Where a KMS is reached.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Pin">SHA-256 of the SubjectPublicKeyInfo of its TLS key, 32 bytes.</param>
public sealed record KeyServerEntry(string Host, ushort Port, byte[] Pin);
