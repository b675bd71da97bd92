namespace NTMobile.Wire.Frames;

/// <summary>Ciphers of sealed datagrams: several when offered, one when chosen.</summary>
[Flags]
public enum CipherSuites : byte
{
    /// <summary>None; not allowed on the wire.</summary>
    None = 0,

    /// <summary>AES-256-GCM.</summary>
    Aes256Gcm = 1,

    /// <summary>ChaCha20-Poly1305 (RFC 8439).</summary>
    ChaCha20Poly1305 = 2,
}
