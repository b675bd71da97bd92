namespace NTMobile.Storage.Pages;

/// <summary>
/// The page file as the stream that LiteDB wants. LiteDB writes to it only when it brings its log over (a checkpoint): whole pages, then
/// <see cref="Flush"/>. All pages of one checkpoint become one batch. LiteDB serialises its calls.
/// </summary>
internal sealed class PageStream(PageFile file) : Stream
{
    private readonly SortedDictionary<uint, byte[]> _waiting = [];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length =>
        Math.Max(file.Pages, _waiting.Count == 0 ? 0 : _waiting.Keys.Last() + 1L) * PageSlot.PageSize;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (Position >= Length)
        {
            return 0;
        }

        var into = buffer.AsSpan(offset, count)[..PageSlot.PageSize];
        var index = PageAt(Position);
        if (_waiting.TryGetValue(index, out var page))
        {
            page.CopyTo(into);
        }
        else
        {
            file.Read(index, into);
        }

        Position += PageSlot.PageSize;
        return PageSlot.PageSize;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(count, PageSlot.PageSize);
        _waiting[PageAt(Position)] = buffer.AsSpan(offset, count).ToArray();
        Position += count;
    }

    /// <summary>Makes everything written since the last call durable, as one batch.</summary>
    public override void Flush()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        FillGaps();
        file.Write(_waiting);
        _waiting.Clear();
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <summary>LiteDB shortens its data file only when it rebuilds it, which the store never asks for.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();

    // A page that LiteDB has counted but not written yet must be readable all the same.
    private void FillGaps()
    {
        for (var index = file.Pages; index < _waiting.Keys.Last(); index++)
        {
            _waiting.TryAdd(index, new byte[PageSlot.PageSize]);
        }
    }

    private static uint PageAt(long position)
    {
        var (index, rest) = Math.DivRem(position, PageSlot.PageSize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rest, 0);
        return checked((uint)index);
    }
}
