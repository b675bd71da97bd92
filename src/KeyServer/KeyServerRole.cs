using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Storage;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <summary>
/// The KMS's role: the provider's CA, enrolment by one-time token, and the distribution of certificates and group packages. It opens no
/// socket (<see cref="KeyServerEndpoints"/>). Every method may be called from any thread; those that write return when it is durable.
/// </summary>
/// <remarks>Towards groups it is only a shelf: it can neither read a package nor make one.</remarks>
public sealed partial class KeyServerRole : IDisposable
{
    private readonly KeyServerSettings _settings;
    private readonly StoreFile _store;
    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _clock;
    private readonly IRandom _random;
    private readonly Func<IReadOnlyList<DirectionServerEntry>> _directionServers;

    private KeyServerRole(
        KeyServerSettings settings,
        StoreFile store,
        CertificateAuthority authority,
        TlsIdentity tls,
        TimeProvider clock,
        IRandom random,
        Func<IReadOnlyList<DirectionServerEntry>> directionServers)
    {
        _settings = settings;
        _store = store;
        _authority = authority;
        _clock = clock;
        _random = random;
        _directionServers = directionServers;
        Tls = tls;
        Limiter = new SourceLimiter(settings.RequestsPerMinute);
    }

    /// <summary>What Kestrel needs for HTTPS.</summary>
    public TlsIdentity Tls { get; }

    /// <summary>The provider CA's Ed25519 key, 32 bytes.</summary>
    public ReadOnlyMemory<byte> ProviderKey => _authority.PublicKey.ToArray();

    internal SourceLimiter Limiter { get; }

    /// <summary>Reads the keys <c>provider-ca.key</c> and <c>kms-tls.key</c>, or makes them at the first start.</summary>
    /// <param name="directory">The state directory; it must exist.</param>
    /// <param name="settings">What it must be told.</param>
    /// <param name="store">The server's store; stays the caller's.</param>
    /// <param name="clock">The time.</param>
    /// <param name="random">Makes keys, secrets and serial numbers.</param>
    /// <param name="directionServers">The DSs that nodes may use, asked at every enrolment.</param>
    /// <exception cref="KeyFileException">A key is there but cannot be used, or is missing although it was used; says what to do.</exception>
    public static KeyServerRole Open(
        string directory,
        KeyServerSettings settings,
        StoreFile store,
        TimeProvider clock,
        IRandom random,
        Func<IReadOnlyList<DirectionServerEntry>> directionServers)
    {
        var authority = ProviderAuthority.OpenOrCreate(
            Path.Combine(directory, "provider-ca.key"), settings.Zone, expected: store.Certificates.Count > 0, clock, random);
        var tls = TlsIdentity.OpenOrCreate(Path.Combine(directory, "kms-tls.key"), settings.Host);
        return new KeyServerRole(settings, store, authority, tls, clock, random, directionServers);
    }

    /// <summary>Erases the CA's key from memory.</summary>
    public void Dispose()
    {
        _authority.Dispose();
        Tls.Dispose();
        Limiter.Dispose();
    }
}
