using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class CacheLinesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-64)]
    [InlineData(long.MaxValue - 1000)]
    public void No_address_does_any_harm(long address) => CacheLines.Fetch((nint)address, 256);

    [Fact]
    public void Objects_stay_as_they_are()
    {
        byte[] bytes = [1, 2, 3];
        CacheLines.Fetch(bytes, 128);
        CacheLines.Fetch(null, 128);
        Assert.Equal([1, 2, 3], bytes);
    }
}
