using System.Buffers.Binary;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>Endpoints as the kernel's socket addresses.</summary>
internal static unsafe class SocketAddress
{
    /// <summary>Bytes that hold an address of either family.</summary>
    public const int Capacity = 28;

    /// <summary>Writes an address.</summary>
    /// <returns>Its bytes.</returns>
    public static uint Write(in Endpoint endpoint, byte* to)
    {
        var port = BinaryPrimitives.ReverseEndianness(endpoint.Port);
        if (endpoint.IsIpv4)
        {
            *(sockaddr_in*)to = new sockaddr_in
            {
                sin_family = Libc.AF_INET,
                sin_port = port,
                sin_addr = BinaryPrimitives.ReverseEndianness(endpoint.Ipv4Address),
            };
            return (uint)sizeof(sockaddr_in);
        }

        *(sockaddr_in6*)to = new sockaddr_in6 { sin6_family = Libc.AF_INET6, sin6_port = port, sin6_scope_id = endpoint.Scope };
        BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(((sockaddr_in6*)to)->sin6_addr, 16), endpoint.Address);
        return (uint)sizeof(sockaddr_in6);
    }

    /// <summary>Reads an address; one of another family is none.</summary>
    public static Endpoint Read(byte* from)
    {
        switch (*(ushort*)from)
        {
            case Libc.AF_INET:
                var four = (sockaddr_in*)from;
                return Endpoint.FromIpv4(
                    BinaryPrimitives.ReverseEndianness(four->sin_addr), BinaryPrimitives.ReverseEndianness(four->sin_port));
            case Libc.AF_INET6:
                var six = (sockaddr_in6*)from;
                return Endpoint.FromIpv6(
                    BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(six->sin6_addr, 16)),
                    BinaryPrimitives.ReverseEndianness(six->sin6_port),
                    six->sin6_scope_id);
            default:
                return default;
        }
    }
}
