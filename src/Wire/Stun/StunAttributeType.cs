namespace NTMobile.Wire.Stun;

/// <summary>Types of attributes (RFC 8489 §18.3, RFC 5780 §9.1, RFC 3489 §11.2).</summary>
public enum StunAttributeType : ushort
{
    /// <summary>Address and port of the asker in clear; some NATs rewrite it.</summary>
    MappedAddress = 0x0001,

    /// <summary>From where the answer is to be sent (RFC 5780 §7.2).</summary>
    ChangeRequest = 0x0003,

    /// <summary>What RFC 3489 calls <see cref="ResponseOrigin"/>.</summary>
    SourceAddress = 0x0004,

    /// <summary>What RFC 3489 calls <see cref="OtherAddress"/>.</summary>
    ChangedAddress = 0x0005,

    /// <summary>Credentials.</summary>
    Username = 0x0006,

    /// <summary>HMAC-SHA1 over what stands before it.</summary>
    MessageIntegrity = 0x0008,

    /// <summary>Why a request is refused.</summary>
    ErrorCode = 0x0009,

    /// <summary>The attributes that a server does not know, in error 420.</summary>
    UnknownAttributes = 0x000A,

    /// <summary>Credentials.</summary>
    Realm = 0x0014,

    /// <summary>Credentials.</summary>
    Nonce = 0x0015,

    /// <summary>HMAC-SHA256 over what stands before it.</summary>
    MessageIntegritySha256 = 0x001C,

    /// <summary>Credentials.</summary>
    PasswordAlgorithm = 0x001D,

    /// <summary>Credentials.</summary>
    UserHash = 0x001E,

    /// <summary>Address and port of the asker, combined with the transaction so that no NAT rewrites them.</summary>
    XorMappedAddress = 0x0020,

    /// <summary>Makes request and answer as long as the path allows (RFC 5780 §7.6).</summary>
    Padding = 0x0026,

    /// <summary>To which port of the asker the answer is to be sent (RFC 5780 §7.5).</summary>
    ResponsePort = 0x0027,

    /// <summary>CRC-32 over what stands before it; always the last.</summary>
    Fingerprint = 0x8028,

    /// <summary>From where the answer was sent (RFC 5780 §7.3).</summary>
    ResponseOrigin = 0x802B,

    /// <summary>The server's other address with its other port (RFC 5780 §7.4).</summary>
    OtherAddress = 0x802C,
}

/// <summary>What a receiver does with an attribute by its type alone.</summary>
public static class StunAttributeTypes
{
    private const ushort FirstOptional = 0x8000;

    /// <summary>Whether a receiver must not process a message with this attribute unless it knows it (RFC 8489 §14).</summary>
    public static bool IsRequired(this StunAttributeType type) => (ushort)type < FirstOptional;

    /// <summary>Whether every implementation of RFC 8489 knows it. Where it has no meaning it is passed over.</summary>
    public static bool IsBasic(this StunAttributeType type) => type is
        StunAttributeType.MappedAddress or StunAttributeType.XorMappedAddress or StunAttributeType.Username or StunAttributeType.UserHash
        or StunAttributeType.Realm or StunAttributeType.Nonce or StunAttributeType.PasswordAlgorithm or StunAttributeType.MessageIntegrity
        or StunAttributeType.MessageIntegritySha256 or StunAttributeType.ErrorCode or StunAttributeType.UnknownAttributes;
}
