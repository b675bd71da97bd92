using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Runs of datagrams that lie in different places and leave with one system call: to one receiver, of one size, the last datagram of all
/// may be shorter. The memory is borrowed until <see cref="Clear"/>. Nothing is allocated after the constructor.
/// </summary>
public sealed unsafe class UdpJoinedRuns : IDisposable
{
    private readonly NativeBuffer _vectors = new(UdpSocket.MaximumSegments * sizeof(iovec));
    private Endpoint _to;
    private Endpoint _from;
    private bool _closed; // by a shorter datagram

    /// <summary>The receiver; kept over <see cref="Clear"/>.</summary>
    public ref readonly Endpoint To => ref _to;

    /// <summary>Source address, or none.</summary>
    public ref readonly Endpoint From => ref _from;

    /// <summary>Type of service or traffic class.</summary>
    public byte Tos { get; private set; }

    /// <summary>Datagrams.</summary>
    public int Count { get; private set; }

    /// <summary>Runs; one that lies straight behind the former one is part of it.</summary>
    public int RunCount { get; private set; }

    /// <summary>All bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of each datagram but the last of all.</summary>
    public int DatagramSize { get; private set; }

    internal iovec* Vectors => (iovec*)_vectors.Pointer;

    /// <summary>A run.</summary>
    /// <param name="index">0 to <see cref="RunCount"/> - 1.</param>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)RunCount);
            return new ReadOnlySpan<byte>(Vectors[index].iov_base, (int)Vectors[index].iov_len);
        }
    }

    /// <summary>Joins a run to those that are there. Any run within one send's limits can be added when there is none.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="run">The datagrams, at least one byte, in memory that does not move, such as that of a <see cref="UdpRun"/>.</param>
    /// <param name="datagramSize">Bytes of each datagram but the last; at most the run's length.</param>
    /// <param name="tos">Type of service or traffic class.</param>
    /// <param name="from">Source address, or none.</param>
    /// <returns>False if they cannot leave with one call.</returns>
    public bool TryAdd(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte tos, in Endpoint from)
    {
        int count = (run.Length + datagramSize - 1) / datagramSize;
        if (Count == 0)
        {
            (_to, _from, Tos, DatagramSize) = (to, from, tos, datagramSize);
        }
        else if (_closed || !Fits(run.Length, count, datagramSize) || tos != Tos || to != _to || from != _from)
        {
            return false;
        }

        Append((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(run)), run.Length);
        Count += count;
        Length += run.Length;
        _closed = Length != Count * DatagramSize;
        return true;
    }

    /// <summary>Takes all runs out.</summary>
    public void Clear() => (Count, RunCount, Length, _closed) = (0, 0, 0, false);

    /// <inheritdoc/>
    public void Dispose() => _vectors.Dispose();

    // A single datagram may be the shorter last one.
    private bool Fits(int length, int count, int datagramSize) =>
        (datagramSize == DatagramSize || (count == 1 && length < DatagramSize))
        && Count + count <= UdpSocket.MaximumSegments
        && Length + length <= UdpSocket.MaximumRun;

    private void Append(byte* bytes, int length)
    {
        iovec* last = Vectors + RunCount - 1;
        if (RunCount > 0 && (byte*)last->iov_base + last->iov_len == bytes)
        {
            last->iov_len += (nuint)length;
            return;
        }

        Vectors[RunCount++] = new iovec { iov_base = bytes, iov_len = (nuint)length };
    }
}
