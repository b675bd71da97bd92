using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.Microbench;

/// <summary>
/// Bytes that the tunnel adds to a packet of each kind: what the router hands to its UDP socket for one packet, and the outer headers, less the
/// packet.
/// </summary>
internal static class OverheadPart
{
    private const int OuterIpv4 = 20 + 8;
    private const int OuterIpv6 = 40 + 8;
    private const uint Device = Side.DeviceAddress;

    public static void Run()
    {
        var pair = new RouterPair();
        var to = pair.Alice.Virtual;
        var udp = Make.Udp(Device, to, 1000, 7, Make.Bytes(1200));
        var (first, second) = Make.Fragments(Make.Udp(Device, to, 1000, 7, Make.Bytes(1200)), 800);
        Report.Say($"Bytes that the tunnel adds, outer IPv4 and UDP headers included (over IPv6 20 more)");
        Class("tcp", "TCP, full segment", pair, Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400)));
        Class("tcp_ack", "TCP, bare acknowledgement", pair, Make.Tcp(Device, to, 1000, 7, []));
        Class("udp", "UDP that must not be fragmented (Linux's default)", pair, udp);
        Class("udp_small", "the same, 20 bytes of payload", pair, Make.Udp(Device, to, 1000, 7, Make.Bytes(20)));
        Class("udp_fragmentable", "UDP that may be fragmented (DF not set)", pair, Make.WithHeader([.. udp], dontFragment: false));
        Class("icmp_echo", "ping", pair, Make.Echo(Device, to, 1, Make.Bytes(56)));
        Class("fragment", "a first fragment", pair, first);
        Class("fragment_last", "a last fragment", pair, second);
        Class("icmp_error", "an ICMP error", pair, Error(pair));
        var six = new RouterPair(Six.Alice, Six.Bob);
        Class("ipv6_tcp", "TCP between devices that speak IPv6", six, OverIpv6(Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400))));
        Class("ipv6_udp", "UDP between the same", six, OverIpv6(udp));
        Class("ipv6_icmp_echo", "ping between the same", six, OverIpv6(Make.Echo(Device, to, 1, Make.Bytes(56))));
    }

    // Its header of 40 bytes gives place to that of the packet in the tunnel.
    private static byte[] OverIpv6(byte[] packet) => Six.From(packet, Six.Alice.Local, Six.Alice.Virtual);

    private static void Class(string key, string words, RouterPair pair, byte[] packet)
    {
        pair.Alice.Wire.Clear();
        Assert.Equal(RouterCore.Outcome.Consumed, pair.Alice.Send([.. packet]));
        var datagram = Assert.Single(pair.Alice.Wire.Datagrams);
        Assert.Equal(1, Delivered(pair, [.. datagram]));
        var added = datagram.Length + OuterIpv4 - packet.Length;
        Report.Say($"  {added,3}  {words}");
        Report.Figure($"overhead.bytes.{key}", added);
        Report.Figure($"overhead.bytes_outer_ipv6.{key}", added - OuterIpv4 + OuterIpv6);
    }

    // The other end must make a packet of it.
    private static int Delivered(RouterPair pair, byte[] datagram)
    {
        pair.Bob.Delivered.Clear();
        pair.Give(datagram);
        return pair.Bob.Delivered.Count;
    }

    // As Linux sends them, without the DF bit; about a packet of a flow that the device began.
    private static byte[] Error(RouterPair pair)
    {
        pair.ToBob(Make.Udp(Device, pair.Alice.Virtual, 1000, 7, "x"u8));
        var answer = Assert.Single(pair.ToAlice(Make.Udp(Device, pair.Bob.Virtual, 7, 1000, [1, 2, 3])));
        return Make.WithHeader(Make.Error(answer), dontFragment: false);
    }
}
