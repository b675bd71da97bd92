using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Pccom;

/// <summary>Both directions of PCCOM between two ends, under keys that follow from one secret of their session.</summary>
/// <remarks><code>
/// keys of a direction = HKDF-Expand(secret, "NTM1 PCCOM" ‖ direction (1)): HCTR2's 32, AES-256's of the keyed value 32, POLYVAL's of it 16
/// </code>HKDF is RFC 5869's with SHA-256.</remarks>
public sealed class PccomSession : IDisposable
{
    /// <summary>Bytes of the secret.</summary>
    public const int SecretSize = 32;

    /// <summary>Makes the keys.</summary>
    /// <param name="secret">32 bytes that only the two ends know and that serve nothing else. They are not kept.</param>
    /// <param name="initiator">Whether this end began the session.</param>
    public PccomSession(ReadOnlySpan<byte> secret, bool initiator)
        : this(secret, initiator, portable: false)
    {
    }

    internal PccomSession(ReadOnlySpan<byte> secret, bool initiator, bool portable)
    {
        Require.Length(secret, SecretSize);
        var (sending, receiving) = initiator
            ? (PccomDirection.ToResponder, PccomDirection.ToInitiator)
            : (PccomDirection.ToInitiator, PccomDirection.ToResponder);
        Sending = Derive(secret, sending, portable);
        Receiving = Derive(secret, receiving, portable);
    }

    /// <summary>For what this end sends.</summary>
    public PccomCipher Sending { get; }

    /// <summary>For what the other end sends.</summary>
    public PccomCipher Receiving { get; }

    /// <summary>Erases the keys, see <see cref="PccomCipher.Dispose"/>.</summary>
    public void Dispose()
    {
        Sending.Dispose();
        Receiving.Dispose();
    }

    private static PccomCipher Derive(ReadOnlySpan<byte> secret, PccomDirection direction, bool portable)
    {
        Span<byte> keys = stackalloc byte[PccomCipher.KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, keys, [.. "NTM1 PCCOM"u8, (byte)direction]);
        var cipher = new PccomCipher(keys, direction, portable);
        CryptographicOperations.ZeroMemory(keys);
        return cipher;
    }
}
