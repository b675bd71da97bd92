using NTMobile.Control;
using NTMobile.RouterDaemon.Tests.Support;

namespace NTMobile.RouterDaemon.Tests.Service;

/// <summary>Which device bears which name, whatever happens on the LAN.</summary>
public sealed class DeviceRegistryTests : IDisposable
{
    private const string Nas = "02:00:00:00:00:01";
    private const string Thief = "02:00:00:00:00:02";
    private readonly ServiceWorld _world = new();

    public DeviceRegistryTests()
    {
        _world.Lan.Speak(Nas, "192.168.8.100");
        _world.Devices.Refresh();
        Assert.True(_world.Name("nas", "192.168.8.100").IsOk);
        Assert.True(_world.Share("nas", "tcp/80").IsOk);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_name_is_published_with_its_address_and_shares()
    {
        var device = Assert.Single(_world.Devices.Now().Devices);
        Assert.Equal(("nas", 0xC0A80864u), (device.Device.Label, device.Device.Address));
        Assert.True(device.Shares[0].Ports.Permits(6, 80));
        Assert.False(device.Shares[0].Ports.Permits(6, 81));
    }

    [Fact]
    public void Another_device_with_the_address_is_left_out_and_shown()
    {
        _world.Lan.Speak(Thief, "192.168.8.100");
        _world.Devices.Refresh();
        Assert.Empty(_world.Devices.Now().Devices);
        var shown = Shown();
        Assert.Equal((Nas, Thief), (shown.Mac, shown.ClaimedBy));

        _world.Lan.Speak(Nas, "192.168.8.100");
        _world.Devices.Refresh();
        Assert.Single(_world.Devices.Now().Devices);
        Assert.Null(Shown().ClaimedBy);
    }

    [Fact]
    public void Another_device_with_the_address_is_left_out_although_an_old_entry_of_the_right_one_is_there()
    {
        _world.Lan.Stay(Nas, "192.168.8.99");
        _world.Lan.Speak(Thief, "192.168.8.100");
        _world.Devices.Refresh();
        Assert.Empty(_world.Devices.Now().Devices);
        Assert.Equal(["192.168.8.99"], _world.Lan.Asked);
        Assert.Equal(Thief, Shown().ClaimedBy);
    }

    [Fact]
    public void A_device_that_changed_its_address_keeps_its_name()
    {
        _world.Lan.Stay(Nas, "192.168.8.100"); // the kernel keeps what the device has left
        _world.Lan.Speak(Nas, "192.168.8.101");
        _world.Devices.Refresh();
        Assert.Equal("192.168.8.100", Shown().Address);
        Assert.Equal(["192.168.8.100"], _world.Lan.Asked);

        _world.Lan.Lose("192.168.8.100"); // no answer
        var before = _world.Changes;
        _world.Devices.Refresh();
        Assert.Equal("192.168.8.101", Shown().Address);
        Assert.Equal(0xC0A80865u, Assert.Single(_world.Devices.Now().Devices).Device.Address);
        Assert.Equal(before + 1, _world.Changes);
        _world.Restart();
        Assert.Equal("192.168.8.101", Shown().Address);
    }

    [Fact]
    public void A_device_with_two_addresses_stays_at_the_first()
    {
        _world.Lan.Stay(Nas, "192.168.8.100");
        _world.Lan.Speak(Nas, "192.168.8.5");
        _world.Devices.Refresh();
        _world.Lan.Speak(Nas, "192.168.8.100"); // asked, and it answered
        _world.Devices.Refresh();
        Assert.Equal("192.168.8.100", Shown().Address);
    }

    [Fact]
    public void A_device_nobody_has_heard_of_for_long_keeps_its_address()
    {
        _world.Lan.Lose("192.168.8.100");
        _world.Lan.Stay(Nas, "192.168.8.99");
        _world.Devices.Refresh();
        Assert.Equal("192.168.8.100", Shown().Address);
        Assert.Single(_world.Devices.Now().Devices);
    }

    [Fact]
    public void The_node_is_told_of_changes_only()
    {
        var before = _world.Changes;
        _world.Devices.Refresh();
        _world.Lan.Speak(Thief, "192.168.8.7");
        _world.Devices.Refresh();
        Assert.Equal(before, _world.Changes);
        _world.Share("nas", "tcp/80,tcp/443");
        Assert.Equal(before + 1, _world.Changes);
    }

    [Fact]
    public void When_a_device_was_last_seen_is_told_to_the_second_and_kept_to_the_hour()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(90));
        _world.Devices.Refresh();
        var seen = _world.Clock.GetUtcNow();
        _world.Lan.Stay(Nas, "192.168.8.100");
        _world.Clock.Advance(TimeSpan.FromMinutes(30));
        _world.Devices.Refresh();
        Assert.Equal(seen, Shown().LastSeen);
        _world.Lan.Lose("192.168.8.100");
        _world.Restart();
        Assert.Equal(seen, Shown().LastSeen);
    }

    private Device Shown() => _world.Snapshot.Devices.Single(d => d.Label == "nas");
}
