using Xunit;

namespace NTMobile.Packets.Tests;

public sealed class NativeBufferTests
{
    [Fact]
    public unsafe void Memory_is_zeroed_and_aligned()
    {
        using var buffer = new NativeBuffer(1000);
        Assert.Equal(1000, buffer.Span.Length);
        Assert.Equal(0u, (nuint)buffer.Pointer % 64);
        Assert.False(buffer.Span.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_disposed_buffer_cannot_be_used()
    {
        var buffer = new NativeBuffer(1);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
    }
}
