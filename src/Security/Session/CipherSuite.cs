using NTMobile.Security.Primitives;

namespace NTMobile.Security.Session;

/// <summary>How packets are sealed.</summary>
public enum CipherSuite : byte
{
    /// <summary>AES-256-GCM (NIST SP 800-38D): where both ends have AES instructions.</summary>
    Aes256Gcm = 1,

    /// <summary>AEAD_CHACHA20_POLY1305 (RFC 8439): every end has it.</summary>
    ChaCha20Poly1305 = 2,
}

/// <summary>Which suites this machine has, and how two ends choose one.</summary>
/// <remarks>An offer is one byte, as in a Hello frame: bit 0 stands for AES-256-GCM, bit 1 for ChaCha20-Poly1305. An end
/// offers AES only where its CPU has AES instructions, so that "both offer it" means "it is the faster one for both".</remarks>
public static class CipherSuites
{
    /// <summary>The suite that is fastest on this CPU.</summary>
    public static CipherSuite Preferred { get; } = IsAesAvailable() ? CipherSuite.Aes256Gcm : CipherSuite.ChaCha20Poly1305;

    /// <summary>What this machine offers in a handshake.</summary>
    public static byte Offer { get; } = (byte)(Bit(CipherSuite.ChaCha20Poly1305) | Bit(Preferred));

    /// <summary>The suite's bit in an offer.</summary>
    public static byte Bit(CipherSuite suite) => (byte)(1 << ((int)suite - 1));

    /// <summary>The best suite in both offers; both ends come to the same. False when there is none.</summary>
    public static bool TryChoose(byte oneOffer, byte otherOffer, out CipherSuite suite)
    {
        int common = oneOffer & otherOffer;
        suite = (common & Bit(CipherSuite.Aes256Gcm)) != 0 ? CipherSuite.Aes256Gcm : CipherSuite.ChaCha20Poly1305;
        return (common & Bit(suite)) != 0;
    }

    private static bool IsAesAvailable()
    {
        Sodium.EnsureReady();
        return Sodium.crypto_aead_aes256gcm_is_available() == 1;
    }
}
