namespace NTMobile.Wire;

/// <summary>First byte of a datagram (protocol.md §1). 0–3 are STUN's.</summary>
public enum DatagramType : byte
{
    /// <summary>First handshake message.</summary>
    HandshakeInit = 0x10,

    /// <summary>Second handshake message.</summary>
    HandshakeResponse = 0x11,

    /// <summary>Opens a NAT's filter; nobody reads it.</summary>
    Punch = 0x12,

    /// <summary>One packet of two devices, its IPv4 header replaced by five bytes.</summary>
    Data = 0x20,

    /// <summary>One packet of two devices with its IPv4 header.</summary>
    DataFull = 0x21,

    /// <summary>Frames.</summary>
    Control = 0x22,

    /// <summary>A part of what would be Data or DataFull, but is too long for the path.</summary>
    Fragment = 0x23,

    /// <summary>Frames that tell where the sender is now; a relay keeps the last one.</summary>
    Locator = 0x24,

    /// <summary>One packet between a device and an ordinary host, under keys that an RS gave to the node.</summary>
    Egress = 0x25,
}
