using NTMobile.RouterDaemon.Keys;

namespace NTMobile.RouterDaemon.Tests.Keys;

public sealed class BundleSerialTests
{
    private const ulong Block = 1 << 20;
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Two_starts_in_one_second_take_different_blocks()
    {
        var first = BundleSerial.Next(null, Now);
        Assert.True(BundleSerial.Next($"{first}", Now) >= first + Block);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("damaged")]
    public void A_lost_store_does_not_make_serials_fall(string? last)
    {
        var known = BundleSerial.Next(BundleSerial.Next(null, Now).ToString(null, null), Now);
        Assert.True(BundleSerial.Next(last, Now.AddMinutes(1)) >= known + Block);
    }

    [Fact]
    public void A_clock_that_went_back_to_1970_does_not_make_serials_fall()
    {
        var known = BundleSerial.Next(null, Now);
        Assert.Equal(known + Block, BundleSerial.Next($"{known}", DateTimeOffset.UnixEpoch));
    }
}
