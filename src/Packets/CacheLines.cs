using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace NTMobile.Packets;

/// <summary>
/// Asks the processor to bring memory nearer that is used in a moment, so that several misses pass at the same time. With packets of thousands
/// of sessions in turn, what a session needs is in no near cache. Only a hint: any address does no harm, and where there is no such
/// instruction nothing happens.
/// </summary>
public static unsafe class CacheLines
{
    /// <summary>Bytes that are fetched at once.</summary>
    public const int Size = 64;

    /// <summary>Native memory.</summary>
    /// <param name="address">Its first byte, at the beginning of a line.</param>
    /// <param name="bytes">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(nint address, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (var at = 0; at < bytes; at += Size)
            {
                Sse.Prefetch0((byte*)address + at);
            }
        }
    }

    /// <summary>The beginning of an object.</summary>
    /// <param name="what">The object, which is not touched; may be null.</param>
    /// <param name="bytes">How many bytes of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(object? what, int bytes) => Fetch(Unsafe.As<object?, nint>(ref what), bytes);
}
