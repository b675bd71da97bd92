using System.Runtime.InteropServices;

namespace NTMobile.Linux;

#pragma warning disable CS1591 // Names and members are those of the C headers; "big-endian" marks network byte order.

/// <summary>ip(7). Port and address are big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct sockaddr_in
{
    public ushort sin_family;
    public ushort sin_port;
    public uint sin_addr;
    public fixed byte sin_zero[8];
}

/// <summary>ipv6(7). Port, flow label and address are big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct sockaddr_in6
{
    public ushort sin6_family;
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public fixed byte sin6_addr[16];
    public uint sin6_scope_id;
}

/// <summary>netlink(7).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sockaddr_nl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}

/// <summary>readv(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

/// <summary>recvmsg(2), as glibc and the kernel have it; musl's narrower lengths lie at the same little-endian bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct msghdr
{
    public void* msg_name;
    public uint msg_namelen;
    public iovec* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

/// <summary>recvmmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct mmsghdr
{
    public msghdr msg_hdr;
    public uint msg_len;
}

/// <summary>cmsg(3). The data follow at <see cref="DataAt"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct cmsghdr
{
    public const int DataAt = 16;

    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;

    /// <summary>CMSG_SPACE: bytes of a control message with its padding.</summary>
    public static int Space(int dataLength) => DataAt + ((dataLength + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1));

    /// <summary>CMSG_LEN: bytes of a control message without its padding.</summary>
    public static int Length(int dataLength) => DataAt + dataLength;
}

/// <summary>ip(7), IP_PKTINFO. Addresses are big-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct in_pktinfo
{
    public int ipi_ifindex;
    public uint ipi_spec_dst;
    public uint ipi_addr;
}

/// <summary>ipv6(7), IPV6_PKTINFO.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct in6_pktinfo
{
    public fixed byte ipi6_addr[16];
    public uint ipi6_ifindex;
}

/// <summary>poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary>time_t and nanoseconds, for 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct timespec
{
    public long tv_sec;
    public long tv_nsec;
}

/// <summary>netdevice(7), with the member of its union that TUNSETIFF uses.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
public unsafe struct ifreq
{
    public fixed byte ifr_name[16];
    public short ifr_flags;
}
