using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>Places with NATs of both settings of net.netfilter.nf_conntrack_checksum.</summary>
public sealed class ChecksumTests(ChecksumTests.TwoHomes fixture) : WorldTest<ChecksumTests.TwoHomes>(fixture)
{
    public sealed class TwoHomes : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            foreach (bool check in new[] { true, false })
            {
                string place = world.Place(Presets.Home, options: new PlaceOptions { ConntrackChecksum = check });
                world.Site(check ? "checked" : "blind", [place], new SiteOptions { Devices = 0 });
            }
        }
    }

    [Theory]
    [InlineData("checked", 0)]
    [InlineData("blind", 1)]
    public async Task Only_a_NAT_that_does_not_check_translates_a_packet_with_a_wrong_checksum(string name, int translated)
    {
        Site site = World.Site(name);
        Host server = World.Host("srv1");
        Capture capture = await Capture.StartAsync(server, "eth0", "udp dst port 7000 or icmp");

        site.Router.RunInside(() => SendWithWrongChecksum(server.Address));

        // The order of packets is kept, so that nothing is on its way when the echo is back.
        await site.Router.RunAsync("ping", "-c1", "-W2", $"{server.Address}");
        await capture.StopAsync();
        Assert.Equal(translated, await capture.CountPacketsAsync($"udp and src {site.Uplink.Place.WanAddress}"));
    }

    private static void SendWithWrongChecksum(IPAddress server)
    {
        // An IPv4 header whose length, checksum and source the kernel fills in, ip(7) IP_HDRINCL; TTL 64, protocol 17.
        byte[] packet = new byte[20 + 8 + 4];
        packet[0] = 0x45;
        packet[8] = 64;
        packet[9] = 17;
        server.GetAddressBytes().CopyTo(packet, 16);

        // Ports 7000 and 7000, length 12. Zero would mean "no checksum", and the right one would have to hit 0xBEEF.
        byte[] udp = [0x1B, 0x58, 0x1B, 0x58, 0, 12, 0xBE, 0xEF];
        udp.CopyTo(packet, 20);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        socket.SendTo(packet, new IPEndPoint(server, 0));
    }
}
