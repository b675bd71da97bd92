using NTMobile.Lab.Product;

namespace NTMobile.Lab.Tests.Product;

/// <summary>Two routers as they are installed: the native build of board/publish.sh.</summary>
public sealed class NativeWorld : ProductFixture
{
    public ProductRouter Alice => World["alice"];

    public ProductRouter Bob => World["bob"];

    protected override string? RouterProgram => Binaries.NativeRouter;

    protected override void Describe(WorldBuilder world)
    {
        world.Site("alice", Presets.Home);
        world.Site("bob", Presets.Home);
        world.Place(Presets.Symmetric, "train");
    }

    protected override async Task StartAsync()
    {
        await Bob.ShareAsync(Bob.Site.Device, "nas");
        await Iperf3.ServeAsync(Bob.Site.Device);
    }
}

/// <summary>What the just-in-time build could do and native code might not: reflection, embedded files, libraries beside the program.</summary>
public sealed class NativeTests(NativeWorld fixture) : ProductTest<NativeWorld>(fixture)
{
    private Host Laptop => Fixture.Alice.Site.Device;

    [Fact]
    public void The_service_is_native_code() => Assert.EndsWith("/ntm-router", Fixture.Alice.Process.Spec.Command, StringComparison.Ordinal);

    [Fact]
    public async Task Devices_talk_by_name_and_a_connection_survives_a_move()
    {
        var name = Fixture.Bob.Name("nas");
        Assert.Equal((3, 3), await Laptop.PingAsync(name, 3));
        var flow = Iperf3.TcpAsync(Laptop, name, TimeSpan.FromSeconds(5));
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        await Fixture.Alice.Site.Uplink.ReplugAsync(Fixture.World.Lab.Place("train"));
        Assert.True((await flow).MegabitsPerSecond > 5);
        Assert.NotEqual(0, (await Fixture.Alice.SessionAsync("bob"))!.Value.GetProperty("moves").GetArrayLength());
    }

    [Fact]
    public async Task Its_state_is_told_to_the_command_line_and_to_live_views()
    {
        var status = await Fixture.Alice.NtmJsonAsync("status");
        Assert.Equal(Fixture.Alice.FullName, status.GetProperty("name").GetString());
        Assert.True(status.GetProperty("enrolled").GetBoolean());

        // curl ends by its own time-out: a live view has no end.
        var view = await Fixture.Alice.Site.Router.ExecAsync(
            "curl", "-sN", "-m", "2", "--unix-socket", Fixture.Alice.ControlSocket, "http://ntm/api/events");
        Assert.Contains("event: snapshot\ndata: {", view.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_inside_the_program()
    {
        var page = await Laptop.RunAsync("curl", "-sS", "--fail", "-m", "10", $"http://{Fixture.Alice.Web}/");
        Assert.Contains("<!doctype html>", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Its_store_outlives_a_kill()
    {
        await Fixture.Bob.Process.KillAsync();
        await Fixture.Bob.Process.RestartAsync();
        var devices = await Fixture.Bob.NtmJsonAsync("devices");
        Assert.Contains(devices.EnumerateArray(), d => d.GetProperty("label").GetString() == "nas");
        Assert.DoesNotContain("set aside", string.Join('\n', Fixture.Bob.Process.Process.Lines), StringComparison.OrdinalIgnoreCase);
    }
}
