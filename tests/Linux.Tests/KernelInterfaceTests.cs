using System.Reflection;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.Linux.Tests;

public sealed class KernelInterfaceTests
{
    private const string Includes = """
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <netinet/in.h>
        #include <netinet/udp.h>
        #include <sys/eventfd.h>
        #include <sys/prctl.h>
        #include <sys/socket.h>
        #include <sys/uio.h>
        #include <time.h>
        #include <net/if.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/neighbour.h>
        #include <linux/fib_rules.h>
        #ifndef IFF_LOWER_UP
        #define IFF_LOWER_UP (1 << 16)
        #endif
        #ifndef UDP_SEGMENT
        #include <linux/udp.h>
        #endif
        """;

    private static readonly Type[] Structs =
    [
        typeof(sockaddr_in), typeof(sockaddr_in6), typeof(sockaddr_nl), typeof(iovec), typeof(msghdr), typeof(mmsghdr), typeof(cmsghdr),
        typeof(in_pktinfo), typeof(in6_pktinfo), typeof(pollfd), typeof(timespec), typeof(ifreq), typeof(nlmsghdr), typeof(nlattr),
        typeof(nlmsgerr), typeof(ifinfomsg), typeof(ifaddrmsg), typeof(rtmsg), typeof(ndmsg), typeof(fib_rule_hdr),
    ];

    [Fact]
    public void Constants_are_those_of_the_C_headers() =>
        Assert.Empty(CProbe.CompareConstants([typeof(Libc), typeof(Rtnetlink)], Includes));

    [Fact]
    public void Structures_are_those_of_the_C_headers() => Assert.Empty(CProbe.CompareStructs(Structs, Includes));

    [Fact]
    public void Constants_agree_with_Tmds_LibC()
    {
        var theirs = typeof(Tmds.Linux.LibC);
        var compared = 0;
        foreach (var field in typeof(Libc).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral))
        {
            object? value = theirs.GetField(field.Name)?.GetValue(null) ?? theirs.GetProperty(field.Name)?.GetValue(null);
            if (value is IConvertible number)
            {
                Assert.Equal(Convert.ToInt64(number), Convert.ToInt64(field.GetRawConstantValue()));
                compared++;
            }
        }

        Assert.True(compared > 60, $"only {compared} constants compared");
    }

    [Fact]
    public void Structures_have_the_size_of_those_of_Tmds_LibC()
    {
        Assert.Equal(Tmds.Linux.SizeOf.sockaddr_in, System.Runtime.InteropServices.Marshal.SizeOf<sockaddr_in>());
        Assert.Equal(Tmds.Linux.SizeOf.sockaddr_in6, System.Runtime.InteropServices.Marshal.SizeOf<sockaddr_in6>());
        Assert.Equal(Tmds.Linux.SizeOf.msghdr, System.Runtime.InteropServices.Marshal.SizeOf<msghdr>());
        Assert.Equal(Tmds.Linux.SizeOf.iovec, System.Runtime.InteropServices.Marshal.SizeOf<iovec>());
        Assert.Equal(Tmds.Linux.SizeOf.cmsghdr, System.Runtime.InteropServices.Marshal.SizeOf<cmsghdr>());
    }

    [Fact]
    public void Every_error_number_has_its_name()
    {
        foreach (var field in typeof(Libc).GetFields().Where(f => f.IsLiteral && f.Name[0] == 'E' && !f.Name.Contains('_')))
        {
            Assert.Equal(field.Name, Libc.ErrorName((int)field.GetRawConstantValue()!));
        }

        Assert.Equal("4711", Libc.ErrorName(4711));
        Assert.Contains("EPERM", new LinuxException("x", Libc.EPERM).Message);
    }
}
