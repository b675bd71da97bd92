using NTMobile.Packets;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.RouterCore.Translation;

namespace NTMobile.RouterCore.Tests.Names;

public sealed class DeviceBookTests
{
    private readonly DeviceBook _book = new(new StandInBook(new StandInTable(), new FlowBook()));

    [Fact]
    public void A_name_stays_with_the_device_that_bore_it_first()
    {
        Set(Device("nas", 10), Device("nas", 11), Device("other", 10));
        Assert.Equal(10u, _book.ByLabel("nas")!.Address);
        Assert.Equal("nas", _book.ByAddress(10).Label);
    }

    [Fact]
    public void The_router_itself_is_no_device()
    {
        Set(Device("router", Side.RouterAddress, new Share(null, SharedPorts.All)));
        Assert.Null(_book.ByLabel("router"));
        Assert.Empty(_book.SharedLabels());
    }

    [Fact]
    public void A_device_that_nobody_named_has_a_name_of_its_address() =>
        Assert.Equal("ip-192-168-8-100", _book.ByAddress(Side.DeviceAddress).Label);

    [Fact]
    public void Nothing_is_shared_by_default()
    {
        Set(Device("nas", 10), Device("tv", 11, new Share(null, SharedPorts.Nothing)));
        Assert.True(_book.SharedWith("nas", "any").IsEmpty);
        Assert.True(_book.SharedWith("unknown", "any").IsEmpty);
        Assert.Empty(_book.SharedLabels());
    }

    [Fact]
    public void A_share_is_for_its_group_only_and_shares_add_up()
    {
        SharedPorts web = new([new PortRange(IpProtocol.Tcp, 80, 80)], false), ssh = new([new PortRange(IpProtocol.Tcp, 22, 22)], false);
        Set(Device("nas", 10, new Share("family", web), new Share(null, ssh)));

        var (family, others) = (_book.SharedWith("nas", "family"), _book.SharedWith("nas", "work"));
        Assert.True(family.Permits(IpProtocol.Tcp, 80) && family.Permits(IpProtocol.Tcp, 22));
        Assert.True(!others.Permits(IpProtocol.Tcp, 80) && others.Permits(IpProtocol.Tcp, 22));
        Assert.Equal(["nas"], _book.SharedLabels());
    }

    private void Set(params SharedDevice[] devices) => _book.Set(devices, Side.RouterAddress);

    private static SharedDevice Device(string label, uint address, params Share[] shares) => new(new LanDevice(label, address), shares);
}
