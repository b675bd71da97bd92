using System.Runtime.InteropServices;

namespace NTMobile.NetfilterBridge;

/// <summary>What <see cref="VirtioNetHeader.GsoType"/> may be (linux/virtio_net.h).</summary>
public enum VirtioGso : byte
{
    /// <summary>One packet.</summary>
    None = 0,

    /// <summary>TCP over IPv4.</summary>
    TcpV4 = 1,

    /// <summary>TCP over IPv6.</summary>
    TcpV6 = 4,

    /// <summary>UDP datagrams of one size.</summary>
    UdpL4 = 5,

    /// <summary>TCP over IPv4 with CWR in the first segment only (RFC 3168).</summary>
    TcpV4Ecn = 0x81,

    /// <summary>TCP over IPv6 with CWR in the first segment only (RFC 3168).</summary>
    TcpV6Ecn = 0x84,
}

/// <summary>Goes in front of each frame of a TUN device (struct virtio_net_hdr, 10 bytes, little-endian as the machine is).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct VirtioNetHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 10;

    /// <summary>Bit of <see cref="Flags"/>: the checksum from <see cref="ChecksumStart"/> on is to be completed.</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>Bit of <see cref="Flags"/>: the checksum was verified.</summary>
    public const byte ChecksumValid = 2;

    /// <summary>Flags.</summary>
    public byte Flags;

    /// <summary>Whether and how the frame is to be cut.</summary>
    public VirtioGso GsoType;

    /// <summary>Bytes of IP and transport headers, for a frame to be cut.</summary>
    public ushort HeaderLength;

    /// <summary>Payload bytes of each segment, for a frame to be cut.</summary>
    public ushort GsoSize;

    /// <summary>Where the transport header begins.</summary>
    public ushort ChecksumStart;

    /// <summary>Where the checksum stands after <see cref="ChecksumStart"/>: 16 for TCP, 6 for UDP.</summary>
    public ushort ChecksumOffset;

    /// <summary>A TCP frame, or UDP datagram, whose checksum field holds the pseudo-header's sum.</summary>
    /// <param name="ipHeaderLength">Bytes before the transport header.</param>
    /// <param name="checksumOffset">16 for TCP, 6 for UDP.</param>
    public static VirtioNetHeader Partial(int ipHeaderLength, int checksumOffset) => new()
    {
        Flags = NeedsChecksum,
        ChecksumStart = (ushort)ipHeaderLength,
        ChecksumOffset = (ushort)checksumOffset,
    };

    /// <summary>A super-packet of TCP or UDP, whose checksum field holds the pseudo-header's sum over its whole length.</summary>
    /// <param name="gso">The kind.</param>
    /// <param name="ipHeaderLength">Bytes before the transport header.</param>
    /// <param name="checksumOffset">16 for TCP, 6 for UDP.</param>
    /// <param name="transportHeaderLength">Bytes of the transport header.</param>
    /// <param name="segmentSize">Payload bytes of each segment; the last may be shorter.</param>
    public static VirtioNetHeader SuperPacket(VirtioGso gso, int ipHeaderLength, int checksumOffset, int transportHeaderLength, int segmentSize) => new()
    {
        Flags = NeedsChecksum,
        GsoType = gso,
        HeaderLength = (ushort)(ipHeaderLength + transportHeaderLength),
        GsoSize = (ushort)segmentSize,
        ChecksumStart = (ushort)ipHeaderLength,
        ChecksumOffset = (ushort)checksumOffset,
    };
}
