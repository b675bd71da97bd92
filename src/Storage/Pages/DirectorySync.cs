using System.Runtime.InteropServices;

namespace NTMobile.Storage.Pages;

/// <summary>Makes names durable: a file that was created or renamed is found after a power loss only when its directory was flushed.
/// .NET opens no directories, hence libc.</summary>
internal static unsafe partial class DirectorySync
{
    private const int ReadOnlyDirectoryCloseOnExec = 0x0 | 0x80000; // O_RDONLY | O_CLOEXEC, the same on every Linux

    /// <summary>Flushes the directory in which <paramref name="path"/> stands.</summary>
    public static void Flush(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var descriptor = open(directory, ReadOnlyDirectoryCloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"{directory} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        try
        {
            if (fsync(descriptor) != 0)
            {
                throw new IOException($"{directory} cannot be flushed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
