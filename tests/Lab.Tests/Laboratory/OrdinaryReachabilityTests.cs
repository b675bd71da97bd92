namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>What passes the places with the kernel alone.</summary>
public sealed class OrdinaryReachabilityTests(OrdinaryReachabilityTests.Fixed fixture)
    : WorldTest<OrdinaryReachabilityTests.Fixed>(fixture)
{
    public sealed class Fixed : WorldFixture
    {
        protected override void Describe(WorldBuilder world)
        {
            world.Server("srv1");
            foreach (Preset preset in Presets.All)
            {
                world.Site($"{preset}-r", preset, new SiteOptions { OrdinaryNat = true });
            }
        }
    }

    public static TheoryData<string> AllPresets => [.. Presets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(AllPresets))]
    public async Task A_device_reaches_a_server(string preset)
    {
        await World.Site($"{preset}-r").Device.RunAsync("ping", "-c1", "-W2", $"{World.Host("srv1").Address}");
    }
}
