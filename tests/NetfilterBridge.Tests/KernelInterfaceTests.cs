using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class KernelInterfaceTests
{
    private const string Includes = """
        #include <sys/ioctl.h>
        #include <linux/types.h>
        #include <linux/netfilter.h>
        #include <linux/netfilter/nfnetlink.h>
        #include <linux/netfilter/nfnetlink_queue.h>
        #include <linux/if_tun.h>
        #include <linux/virtio_net.h>
        #include <linux/filter.h>
        #ifndef TUN_F_USO4
        #define TUN_F_USO4 0x20 /* headers before Linux 6.2 */
        #define TUN_F_USO6 0x40
        #endif
        #ifndef VIRTIO_NET_HDR_GSO_UDP_L4
        #define VIRTIO_NET_HDR_GSO_UDP_L4 5
        #endif
        """;

    [Fact]
    public void Constants_are_those_of_the_C_headers() =>
        Assert.Empty(CProbe.CompareConstants([typeof(Nfnetlink), typeof(Tun)], Includes));

    [Fact]
    public void Structures_are_those_of_the_C_headers() => Assert.Empty(CProbe.CompareStructs([typeof(nfgenmsg), typeof(sock_filter), typeof(sock_fprog)], Includes));

    [Fact]
    public void The_virtio_header_is_that_of_the_C_headers()
    {
        var ours = typeof(VirtioNetHeader);
        (string Member, string Field)[] pairs =
        [
            ("flags", nameof(VirtioNetHeader.Flags)), ("gso_type", nameof(VirtioNetHeader.GsoType)),
            ("hdr_len", nameof(VirtioNetHeader.HeaderLength)), ("gso_size", nameof(VirtioNetHeader.GsoSize)),
            ("csum_start", nameof(VirtioNetHeader.ChecksumStart)), ("csum_offset", nameof(VirtioNetHeader.ChecksumOffset)),
        ];
        var expected = pairs.ToDictionary(p => $"offsetof(struct virtio_net_hdr, {p.Member})", p =>
            (long)System.Runtime.InteropServices.Marshal.OffsetOf(ours, p.Field));
        expected.Add("sizeof(struct virtio_net_hdr)", VirtioNetHeader.Length);
        expected.Add("VIRTIO_NET_HDR_F_NEEDS_CSUM", VirtioNetHeader.NeedsChecksum);
        expected.Add("VIRTIO_NET_HDR_F_DATA_VALID", VirtioNetHeader.ChecksumValid);
        expected.Add("VIRTIO_NET_HDR_GSO_TCPV4", (long)VirtioGso.TcpV4);
        expected.Add("VIRTIO_NET_HDR_GSO_TCPV6", (long)VirtioGso.TcpV6);
        expected.Add("VIRTIO_NET_HDR_GSO_UDP_L4", (long)VirtioGso.UdpL4);
        expected.Add("VIRTIO_NET_HDR_GSO_TCPV4|VIRTIO_NET_HDR_GSO_ECN", (long)VirtioGso.TcpV4Ecn);
        Assert.Empty(CProbe.Compare(expected, Includes, name => name));
    }
}
