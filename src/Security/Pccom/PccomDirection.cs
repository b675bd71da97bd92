namespace NTMobile.Security.Pccom;

/// <summary>Which way a packet goes, by the roles of the session's handshake.</summary>
public enum PccomDirection : byte
{
    /// <summary>From the end that began the session.</summary>
    ToResponder = 1,

    /// <summary>To the end that began the session.</summary>
    ToInitiator = 2,
}
