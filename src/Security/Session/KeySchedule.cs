using System.Security.Cryptography;

namespace NTMobile.Security.Session;

/// <summary>How the keys of a session follow from its handshake, and those of each epoch from the one before.</summary>
/// <remarks><code>
/// epoch 0:    extracted = HKDF-Extract(salt "NTM1 session", chaining key)       context = handshake hash
/// epoch n+1:  extracted = HKDF-Extract(salt next secret of n, X25519 secret)    context = initiator's ‖ responder's new public key
/// secret      = HKDF-Expand(extracted, "NTM1 epoch" ‖ suite (1) ‖ context)
/// keys        = HKDF-Expand(secret, "NTM1 keys"): initiator to responder 32, responder to initiator 32
/// next secret = HKDF-Expand(secret, "NTM1 next") 32
/// </code>HKDF is RFC 5869's with SHA-256. Initiator and responder are those of the handshake, whoever starts a rekey.</remarks>
internal sealed unsafe class KeySchedule : IDisposable
{
    private const int Size = 32;

    private readonly CipherSuite _suite;
    private readonly bool _initiator;
    private readonly KeyMemory _nextSecret = new(Size);

    public KeySchedule(CipherSuite suite, bool initiator)
    {
        _suite = suite;
        _initiator = initiator;
    }

    /// <summary>The keys of epoch 0.</summary>
    public EpochKeys Start(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> handshakeHash) =>
        Derive(0, "NTM1 session"u8, chainingKey, handshakeHash);

    /// <summary>The keys of the epoch after; the secret of the one before is then gone.</summary>
    public EpochKeys Continue(byte epoch, ReadOnlySpan<byte> shared, ReadOnlySpan<byte> ownPublic, ReadOnlySpan<byte> peerPublic)
    {
        Span<byte> context = stackalloc byte[2 * Size];
        (_initiator ? ownPublic : peerPublic).CopyTo(context);
        (_initiator ? peerPublic : ownPublic).CopyTo(context[Size..]);
        return Derive(epoch, NextSecret, shared, context);
    }

    public void Dispose() => _nextSecret.Dispose();

    // Used by this object's own methods only, which keep the memory alive.
    private Span<byte> NextSecret => new(_nextSecret.Pointer, Size);

    private EpochKeys Derive(byte epoch, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> material, ReadOnlySpan<byte> context)
    {
        Span<byte> secrets = stackalloc byte[4 * Size];
        Span<byte> extracted = secrets[..Size], secret = secrets.Slice(Size, Size), keys = secrets[(2 * Size)..];
        HKDF.Extract(HashAlgorithmName.SHA256, material, salt, extracted);
        HKDF.Expand(HashAlgorithmName.SHA256, extracted, secret, [.. "NTM1 epoch"u8, (byte)_suite, .. context]);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, NextSecret, "NTM1 next"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, keys, "NTM1 keys"u8);
        var toResponder = PacketCipher.Create(_suite, keys[..Size]);
        var toInitiator = PacketCipher.Create(_suite, keys[Size..]);
        CryptographicOperations.ZeroMemory(secrets);
        GC.KeepAlive(_nextSecret);
        return _initiator ? new EpochKeys(epoch, toResponder, toInitiator) : new EpochKeys(epoch, toInitiator, toResponder);
    }
}
