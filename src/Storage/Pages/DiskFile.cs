using Microsoft.Win32.SafeHandles;

namespace NTMobile.Storage.Pages;

/// <summary>A block file on disk, locked against other processes while it is open (flock).</summary>
internal sealed class DiskFile : IBlockFile
{
    private readonly SafeFileHandle _handle;

    private DiskFile(SafeFileHandle handle) => _handle = handle;

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Opens a file that must exist.</summary>
    public static DiskFile Open(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));

    /// <summary>Opens a file, or makes an empty one with mode 0600 whose name is durable.</summary>
    public static DiskFile OpenOrCreate(string path)
    {
        if (File.Exists(path))
        {
            return Open(path);
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = AtomicFile.OwnerOnly,
        };
        new FileStream(path, options).Dispose();
        DirectorySync.Flush(path);
        return Open(path);
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> into)
    {
        var read = 0;
        while (read < into.Length)
        {
            var step = RandomAccess.Read(_handle, into[read..], offset + read);
            if (step == 0)
            {
                break;
            }

            read += step;
        }

        return read;
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, offset);

    /// <inheritdoc/>
    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
