using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;
using NTMobile.Wire.Dns;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>A device that does not ask its router for names, but some resolver over HTTPS, gets the same virtual IPv6 address and gets through with it.</summary>
public sealed class VirtualAddressTests
{
    private static readonly UInt128 Laptop = new(0xFD00_0008_0000_0000, 0x64), Own = new(0xFD00_0008_0000_0000, 1);
    private readonly MemoryWorld _world = new();
    private readonly MemoryRouter _alice;
    private readonly MemoryRouter _bob;
    private readonly Device _camera;

    public VirtualAddressTests()
    {
        _alice = _world.AddRouter("alice", Preset.Home);
        _bob = _world.AddRouter("bob", Preset.Home);
        _camera = _bob.AddDevice("camera", isShared: true);
        _bob.AddDevice("private");
        _world.UntilReady(_alice, _bob);
        _alice.Tell(new LanIpv6Changed([Own]));
    }

    [Fact]
    public void The_address_that_the_DS_tells_everybody_leads_to_the_device()
    {
        var record = Assert.Single(_world.Directions.Ask(_camera.Name, DnsType.Aaaa).Answers);
        var address = Assert.IsType<AaaaRecord>(record.Data).Address;
        Assert.Equal(VirtualIpv6.Of(_bob.Name, "camera"), address);
        Assert.Empty(_world.Directions.Ask(_camera.Name).Answers); // virtual IPv4 addresses are each router's own

        Send(address, "hello");
        _world.Run(2);
        Assert.Equal("hello"u8, Assert.Single(_camera.Arrivals).Payload);
        Assert.True(Ipv6.TryRead(Assert.Single(_alice.Ipv6ToLan), out var answer));
        Assert.Equal((address, Laptop), (answer.Source, answer.Destination));
        Assert.Equal("hello"u8, answer.Payload[Udp.HeaderLength..]);
    }

    [Fact]
    public void What_is_not_shared_has_no_address_and_is_nobodys()
    {
        Assert.Equal(DnsResponseCode.NameError, _world.Directions.Ask($"private.{_bob.Name}", DnsType.Aaaa).ResponseCode);
        Send(VirtualIpv6.Of(_bob.Name, "private"), "hello");
        _world.Run(2);
        Assert.Equal(Icmpv6.DestinationUnreachable, Assert.Single(_alice.Ipv6ToLan)[Ipv6.HeaderLength]);
        Assert.Empty(_alice.Status.Peers);
    }

    [Fact]
    public void A_router_that_is_away_has_no_address()
    {
        _bob.Kill();
        _world.Run(120);
        Assert.Empty(_world.Directions.Ask(_camera.Name, DnsType.Aaaa).Answers);
        Send(VirtualIpv6.Of(_bob.Name, "camera"), "hello");
        _world.Run(2);
        Assert.Single(_alice.Ipv6ToLan);
    }

    private void Send(UInt128 to, string text)
    {
        var udp = new byte[Udp.HeaderLength + text.Length];
        System.Text.Encoding.ASCII.GetBytes(text, udp.AsSpan(Udp.HeaderLength));
        (udp[1], udp[3], udp[5]) = (99, 7, (byte)udp.Length);
        var checksum = Checksum.Compute(udp, Checksum.PseudoHeader(Laptop, to, IpProtocol.Udp, udp.Length));
        (udp[6], udp[7]) = ((byte)(checksum >> 8), (byte)checksum);
        var packet = new byte[Ipv6.HeaderLength + udp.Length];
        Ipv6.Write(packet, Laptop, to, IpProtocol.Udp, udp.Length, 64);
        udp.CopyTo(packet.AsSpan(Ipv6.HeaderLength));
        _alice.FromLan(packet, PacketHints.None);
    }
}
