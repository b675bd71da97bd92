namespace NTMobile.DirectionServer.Stun;

/// <summary>Why a message at a STUN port got no answer. The names say STUN, since the status tells them beside the other drops.</summary>
public enum StunDrop
{
    /// <summary>No STUN message, a damaged one, or one whose FINGERPRINT is wrong.</summary>
    StunMalformed,

    /// <summary>A STUN message that is no binding request: an answer, an indication, a method of other servers.</summary>
    StunNotAsked,

    /// <summary>Requests that came too often.</summary>
    StunTooOften,
}
