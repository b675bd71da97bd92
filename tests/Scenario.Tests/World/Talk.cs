using NTMobile.Packets;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Wire.Dns;

namespace NTMobile.Scenario.Tests.World;

/// <summary>What tests do again and again.</summary>
internal static class Talk
{
    /// <summary>Waits until the routers are registered and connected to the relay.</summary>
    public static void UntilReady(this MemoryWorld world, params MemoryRouter[] routers) =>
        Assert.True(world.RunUntil(() => routers.All(r => r.IsReady), 10), "not registered in 10 s");

    /// <summary>Resolves a name as a stub resolver does: again every 2 s.</summary>
    public static DnsMessage Resolve(this MemoryWorld world, Device device, string name, double seconds = 12)
    {
        var id = device.Ask(name);
        var answered = () => device.Answers.Any(a => a.Id == id);
        for (var waited = 0.0; waited < seconds && !world.RunUntil(answered, 2); waited += 2)
        {
            device.Ask(name, id);
        }

        return device.Answers.Find(a => a.Id == id) ?? throw new TimeoutException($"no answer for {name}");
    }

    /// <summary>The virtual address in an answer.</summary>
    public static uint Address(this DnsMessage answer)
    {
        Assert.Equal(DnsResponseCode.NoError, answer.ResponseCode);
        var address = Assert.IsType<ARecord>(Assert.Single(answer.Answers).Data).Address;
        Assert.True(RouterCore.AddressPrefix.Virtual.Contains(address));
        return address;
    }

    /// <summary>Sends a UDP packet to the echo service behind a virtual address and waits for it to come back.</summary>
    public static bool Echo(this MemoryWorld world, Device device, uint address, ushort port = 1000, double seconds = 3)
    {
        var before = device.Arrivals.Count;
        device.SendUdp(address, port, 7, "hello"u8);
        return world.RunUntil(() => device.Arrivals.Skip(before).Any(a => a.Protocol == IpProtocol.Udp && a.SourcePort == 7 && a.DestinationPort == port), seconds);
    }

    /// <summary>Name, then echo: the virtual address of a device that answers.</summary>
    public static uint Meet(this MemoryWorld world, Device device, Device other)
    {
        var address = world.Resolve(device, other.Name).Address();
        Assert.True(world.Echo(device, address), "no echo came back");
        return address;
    }
}
