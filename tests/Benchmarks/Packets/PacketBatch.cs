using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NTMobile.Benchmarks;

/// <summary>
/// Packets that go to or come from a UDP socket with one system call, each one by itself as a network card delivers them: sendmmsg(2) and
/// recvmmsg(2), no super-packets. Buffers are allocated once.
/// </summary>
internal sealed unsafe partial class PacketBatch : IDisposable
{
    /// <summary>Packets of one call.</summary>
    public const int Capacity = 64;

    private const int WaitForOne = 0x10000; // MSG_WAITFORONE
    private readonly Message* _messages = (Message*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Message));
    private readonly Piece* _pieces = (Piece*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Piece));
    private readonly byte* _bytes;
    private readonly int _size;

    /// <param name="size">Bytes of payload of each packet; largest payload when receiving.</param>
    public PacketBatch(int size)
    {
        _size = size;
        _bytes = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)size);
        for (var i = 0; i < Capacity; i++)
        {
            _pieces[i] = new() { Base = _bytes + (i * size), Length = (nuint)size };
            _messages[i] = new() { Pieces = _pieces + i, PieceCount = 1 };
        }
    }

    /// <summary>One packet's bytes.</summary>
    public Span<byte> this[int index] => new(_bytes + (index * _size), _size);

    /// <summary>Sends the first packets; returns how many the kernel took, 0 when it refused the first one.</summary>
    public int Send(Socket socket, int count) => Math.Max(0, sendmmsg((int)socket.Handle, _messages, (uint)count, 0));

    /// <summary>Waits for one packet and takes those that are there too; returns how many, 0 when interrupted.</summary>
    public int Receive(Socket socket) => Math.Max(0, recvmmsg((int)socket.Handle, _messages, Capacity, WaitForOne, null));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_bytes);
    }

    [LibraryImport("libc")]
    private static partial int sendmmsg(int socket, Message* messages, uint count, int flags);

    [LibraryImport("libc")]
    private static partial int recvmmsg(int socket, Message* messages, uint count, int flags, void* timeout);

    // struct iovec.
    private struct Piece
    {
        public byte* Base;
        public nuint Length;
    }

    // struct mmsghdr on 64-bit machines, of which only the list of pieces is used; the rest is 0, or what the kernel writes.
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Message
    {
        [FieldOffset(16)]
        public Piece* Pieces;

        [FieldOffset(24)]
        public nuint PieceCount;
    }
}
