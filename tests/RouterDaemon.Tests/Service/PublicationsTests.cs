using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterDaemon.Service;
using NTMobile.RouterDaemon.Tests.Support;
using Stored = NTMobile.Storage.Tables.Publication;

namespace NTMobile.RouterDaemon.Tests.Service;

/// <summary>What the owner publishes is kept, and the kernel knows it before the node does.</summary>
public sealed class PublicationsTests : IDisposable
{
    private const string Nas = "02:00:00:00:00:01";
    private const string Other = "02:00:00:00:00:02";
    private readonly ServiceWorld _world = new();

    public PublicationsTests()
    {
        _world.Lan.Speak(Nas, "192.168.8.100");
        _world.Lan.Speak(Other, "192.168.8.101");
        _world.Devices.Refresh();
        Assert.True(_world.Name("nas", "192.168.8.100").IsOk);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_publication_reaches_kernel_and_node_and_survives_a_restart()
    {
        Publish("tcp/22", "udp/5000-5010");
        Assert.Equal(
            [new AnsweringPorts(new MacAddress(0x0200_0000_0001), 6, 22, 22), new AnsweringPorts(new MacAddress(0x0200_0000_0001), 17, 5000, 5010)],
            _world.KernelPorts);
        _world.Restart();
        _world.Devices.Refresh();
        Assert.Equal([new PortRange(6, 22, 22), new PortRange(17, 5000, 5010)], Assert.Single(_world.Devices.Now().Devices).Published);
        var shown = Assert.Single(_world.Snapshot.Published);
        Assert.Equal(("nas", "tcp/22,udp/5000-5010", PublicationState.Waiting), (shown.Device, shown.Ports, shown.State));
    }

    [Fact]
    public async Task It_ends_with_the_name_and_follows_it_to_another_device()
    {
        Publish("tcp/22");
        Assert.True(_world.Name("nas", "192.168.8.101").IsOk);
        Assert.Equal(new MacAddress(0x0200_0000_0002), Assert.Single(_world.KernelPorts).Device);
        Assert.Null(await _world.Service.ForgetDeviceAsync("nas", default));
        Assert.Empty(_world.KernelPorts);
        Assert.Empty(_world.Snapshot.Published);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        Assert.Equal(ControlErrorCodes.NotFound, (await _world.Service.PublishAsync(new PublishRequest("nobody", "tcp/22"), default)).Error!.Code);
        Assert.Equal(ControlErrorCodes.Conflict, (await _world.Service.PublishAsync(new PublishRequest("nas", "tcp/22"), default)).Error!.Code); // not enrolled
        Assert.Equal(ControlErrorCodes.NotFound, (await _world.Service.UnpublishAsync("nas", default))!.Code);
        Assert.Empty(_world.Snapshot.Published);
    }

    [Fact]
    public void When_the_kernel_refuses_nothing_is_kept()
    {
        var publications = new Publications(_world.Store, _ => throw new RuleSetException("no"));
        Assert.Throws<RuleSetException>(() => publications.Set(new Stored("nas", ["tcp/22"])));
        Assert.Empty(publications.All);
    }

    private void Publish(params string[] ports)
    {
        _world.Publications.Set(new Stored("nas", ports));
        _world.Devices.Refresh();
    }
}
