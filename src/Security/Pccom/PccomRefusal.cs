namespace NTMobile.Security.Pccom;

/// <summary>Why a packet was not protected, and goes by tunnel, or was not opened, and is dropped.</summary>
public enum PccomRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>The bytes end within a header, or before the length that a header states.</summary>
    Truncated,

    /// <summary>No IP packet, or a TCP or UDP header that states a length which cannot be.</summary>
    Malformed,

    /// <summary>A fragment, the first one included: its checksum is that of another part.</summary>
    Fragment,

    /// <summary>IPv4 options or IPv6 extension headers, which NATs treat differently.</summary>
    HeaderOptions,

    /// <summary>Neither TCP nor UDP.</summary>
    Portless,

    /// <summary>SYN, FIN or RST: NATs on the way follow the connection by them, and change the MSS in a SYN.</summary>
    ConnectionControl,

    /// <summary>TCP without payload.</summary>
    BareAcknowledgement,

    /// <summary>Less payload than one block of the cipher, 16 bytes.</summary>
    ShortPayload,

    /// <summary>The sender's own checksum is wrong already; protecting the packet would hide it from the receiver.</summary>
    WrongChecksum,

    /// <summary>What came in does not fit the keyed value: changed on the way, of another key, or never protected.</summary>
    Forged,
}
