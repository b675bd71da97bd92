using System.Buffers;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Datagrams on their way into a byte stream. Any thread adds; one task writes. What finds no room is refused, as a full socket buffer refuses it: a
/// stream that is slower than what goes into it must not collect delay and memory.
/// </summary>
/// <param name="limit">Bytes that may wait.</param>
public sealed class DatagramQueue(int limit) : IDisposable
{
    private const int FirstSize = 4096;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private byte[] _waiting = [];
    private int _used;
    private bool _closed;

    /// <summary>Adds datagrams of one size, all or none.</summary>
    /// <param name="run">The datagrams, one after the other.</param>
    /// <param name="datagramSize">Bytes of each but the last, which may be shorter.</param>
    /// <returns>False: there is no room, or the stream has ended.</returns>
    public bool TryAdd(ReadOnlySpan<byte> run, int datagramSize)
    {
        var count = (run.Length + datagramSize - 1) / datagramSize;
        var size = run.Length + (count * DatagramFraming.LengthSize);
        lock (_gate)
        {
            if (_closed || _used + size > limit)
            {
                return false;
            }

            var isFirst = _used == 0;
            Grow(_used + size);
            for (var at = 0; at < run.Length; at += datagramSize)
            {
                _used += DatagramFraming.Write(_waiting.AsSpan(_used), run[at..Math.Min(at + datagramSize, run.Length)]);
            }

            if (isFirst)
            {
                _news.Release();
            }

            return true;
        }
    }

    /// <summary>Writes what comes until the stream fails or <paramref name="cancel"/> ends it. Called once.</summary>
    public async Task WriteToAsync(Stream stream, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await _news.WaitAsync(cancel).ConfigureAwait(false);
                var (batch, length) = Take();
                try
                {
                    await stream.WriteAsync(batch.AsMemory(0, length), cancel).ConfigureAwait(false);
                    await stream.FlushAsync(cancel).ConfigureAwait(false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(batch);
                }
            }
        }
        finally
        {
            Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _news.Dispose();
    }

    private (byte[] Batch, int Length) Take()
    {
        lock (_gate)
        {
            var taken = (_waiting, _used);
            (_waiting, _used) = ([], 0);
            return taken;
        }
    }

    private void Grow(int size)
    {
        if (size <= _waiting.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Min(limit, 2 * size)));
        _waiting.AsSpan(0, _used).CopyTo(larger);
        Free();
        _waiting = larger;
    }

    private void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Free();
            (_waiting, _used) = ([], 0);
        }
    }

    private void Free()
    {
        if (_waiting.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_waiting);
        }
    }
}
