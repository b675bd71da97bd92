using NTMobile.Security.Primitives;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

public sealed unsafe class KeyMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(65)]
    [InlineData(512)]
    [InlineData(IpsecMb.KeyDataSize)]
    [InlineData(KeySlots.Largest)]
    public void Holds_zeros_at_first_on_cache_lines_of_its_own(int size)
    {
        using KeyMemory one = new(size), other = new(size);
        Assert.True(new ReadOnlySpan<byte>(one.Pointer, size).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(0, (nint)one.Pointer % 64);
        Assert.True(Math.Abs((nint)one.Pointer - (nint)other.Pointer) >= size);
    }

    [Fact]
    public void Is_erased_when_it_is_disposed()
    {
        byte[] key = [.. Enumerable.Range(1, 512).Select(i => (byte)i)];
        var memory = new KeyMemory(key);
        byte* pointer = memory.Pointer;
        Assert.Equal(key, new ReadOnlySpan<byte>(pointer, 512));
        memory.Dispose();
        // Of a slot that is free only a pointer to the next free one may stand there.
        Assert.True(new ReadOnlySpan<byte>(pointer + sizeof(nint), 512 - sizeof(nint)).IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ObjectDisposedException>(() => (nint)memory.Pointer);
    }

    [Fact]
    public void Is_erased_when_nobody_holds_it_any_more()
    {
        long before = KeySlots.BytesInUse;
        Drop();
        for (int i = 0; i < 100 && KeySlots.BytesInUse > before + (64 * 1024); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // Other tests run at the same time and hold some keys.
        Assert.InRange(KeySlots.BytesInUse, 0, before + (64 * 1024));

        static void Drop()
        {
            for (int i = 0; i < 1000; i++)
            {
                _ = new KeyMemory(1024);
            }
        }
    }

    [Fact]
    public void Disposing_twice_does_not_take_the_slot_from_its_next_owner()
    {
        var first = new KeyMemory(200);
        first.Dispose();
        KeyMemory[] owners = [.. Enumerable.Range(0, 1000).Select(i => new KeyMemory(Key(i)))];
        first.Dispose();
        Assert.All(owners.Index(), o => Assert.Equal(Key(o.Index), new ReadOnlySpan<byte>(o.Item.Pointer, 200)));
        Assert.Equal(owners.Length, owners.Select(o => (nint)o.Pointer).Distinct().Count());
        Array.ForEach(owners, o => o.Dispose());

        static byte[] Key(int number) => [.. Enumerable.Repeat((byte)number, 200)];
    }

    [Fact]
    public void Several_threads_may_take_and_give_back() => Parallel.For(0, 8, thread =>
    {
        for (int i = 0; i < 5000; i++)
        {
            using KeyMemory memory = new(100);
            var bytes = new Span<byte>(memory.Pointer, 100);
            Assert.True(bytes.IndexOfAnyExcept((byte)0) < 0);
            bytes.Fill((byte)(thread + 1));
            Assert.True(bytes.IndexOfAnyExcept((byte)(thread + 1)) < 0);
        }
    });

    [Fact]
    public void Refuses_sizes_that_no_key_has()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyMemory(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyMemory(KeySlots.Largest + 1));
    }

    [Fact]
    public void Intels_library_writes_no_more_of_a_key_than_there_is_room_for()
    {
        if (!IpsecMb.IsAvailable)
        {
            Assert.Skip("libipsec-mb or the instructions it wants are not here");
        }

        byte* place = stackalloc byte[4096 + 64];
        place = (byte*)(((nint)place + 63) & ~63);
        new Span<byte>(place, 4096).Fill(0xA5);
        byte* key = stackalloc byte[32];
        IpsecMb.aes_gcm_pre_256_vaes_avx512(key, place);
        Assert.True(new ReadOnlySpan<byte>(place + IpsecMb.KeyDataSize, 4096 - IpsecMb.KeyDataSize).IndexOfAnyExcept((byte)0xA5) < 0);
    }
}
