using System.Runtime.InteropServices;

namespace NTMobile.Linux;

#pragma warning disable CS1591 // Names and members are those of linux/netlink.h.

/// <summary>Begins every netlink message.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct nlmsghdr
{
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

/// <summary>Begins every attribute; the value follows, padded to four bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct nlattr
{
    public ushort nla_len;
    public ushort nla_type;
}

/// <summary>The body of NLMSG_ERROR; zero is an acknowledgement.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct nlmsgerr
{
    public int error;
    public nlmsghdr msg;
}
