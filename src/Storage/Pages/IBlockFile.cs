namespace NTMobile.Storage.Pages;

/// <summary>A file as the page store needs it. Two kinds exist: one on disk, and one in memory that loses what was not flushed
/// (the power-loss tests run on it).</summary>
internal interface IBlockFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the whole of <paramref name="into"/>; returns how many bytes there were.</summary>
    int Read(long offset, Span<byte> into);

    /// <summary>Writes all bytes. They are durable only after <see cref="Flush"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or lengthens the file.</summary>
    void SetLength(long length);

    /// <summary>Returns when everything written before is on the medium (fsync).</summary>
    void Flush();
}
