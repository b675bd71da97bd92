using System.Security.Cryptography;
using NTMobile.Security;
using NTMobile.Security.Identity;
using NTMobile.Storage;

namespace NTMobile.KeyServer;

/// <summary>The provider CA's key in its file.</summary>
internal static class ProviderAuthority
{
    private const string Kind = "PRCA";
    private static readonly TimeSpan Life = TimeSpan.FromDays(365 * 30);

    /// <summary>Reads the CA's key, or makes it at the first start.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="zone">Names the CA.</param>
    /// <param name="expected">Certificates were issued before: a missing key is then an error and not a first start.</param>
    /// <param name="clock">Dates the CA's own certificate.</param>
    /// <param name="random">Makes the key.</param>
    /// <exception cref="KeyFileException">The key cannot be used. It is not made anew: every node would lose its provider.</exception>
    public static CertificateAuthority OpenOrCreate(string path, string zone, bool expected, TimeProvider clock, IRandom random)
    {
        if (!File.Exists(path))
        {
            return expected
                ? throw new KeyFileException(
                    KeyFileFault.Missing, path, $"{path} does not exist, but certificates were issued with it. Put a backup of it back; without it all nodes must be enrolled again.")
                : Create(path, zone, clock, random);
        }

        var content = KeyFile.Read(path, Kind);
        var problem = CertificateAuthority.Import(content, out var authority);
        CryptographicOperations.ZeroMemory(content);
        return authority ?? throw new KeyFileException(
            KeyFileFault.Damaged, path, $"{path} holds no key of a provider CA ({problem}). Put a backup of it back; it was left as it is.");
    }

    private static CertificateAuthority Create(string path, string zone, TimeProvider clock, IRandom random)
    {
        var now = clock.GetUtcNow();
        var authority = CertificateAuthority.Create(zone[..Math.Min(zone.Length, CertificateAuthority.MaxNameBytes)], now, now + Life, random);
        var content = authority.Export();
        KeyFile.Create(path, Kind, content);
        CryptographicOperations.ZeroMemory(content);
        return authority;
    }
}
