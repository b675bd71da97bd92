namespace NTMobile.Security.Channel;

/// <summary>Why a server did not take a datagram of a session or handshake.</summary>
public enum SessionDrop
{
    /// <summary>Too short, too long or of a type that no server takes.</summary>
    NotForServers,

    /// <summary>More handshakes from one source, or in all, than are answered.</summary>
    HandshakeTooOften,

    /// <summary>The Noise message was forged, damaged or meant for another server.</summary>
    HandshakeForged,

    /// <summary>The handshake's payload lacks a good Hello or Certificate.</summary>
    HandshakePayload,

    /// <summary>No cipher that both ends have.</summary>
    NoCommonCipher,

    /// <summary>The certificate is not of this provider, or has expired, or is for another key.</summary>
    BadCertificate,

    /// <summary>The certificate's role has no business with this server.</summary>
    WrongRole,

    /// <summary>As many sessions as this server takes are up.</summary>
    TooManySessions,

    /// <summary>No session or leg has the datagram's path id.</summary>
    UnknownPath,

    /// <summary>Forged, damaged or replayed.</summary>
    NotOpened,

    /// <summary>An authenticated peer sent a frame that breaks its format, or one that only the other end sends.</summary>
    BadFrame,

    /// <summary>An answer was more than three times what came from a source not validated yet.</summary>
    AnswerTooBig,
}
