namespace NTMobile.Storage.Pages;

/// <summary>Whole files that are either the old one or the new one after any crash, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Mode 0600.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file with mode 0600: temporary name, fsync, rename, fsync of the directory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="replace">False: an existing file is left alone and an <see cref="IOException"/> is thrown.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool replace)
    {
        var temporary = path + ".new";
        File.Delete(temporary); // left by a crash in the middle of an earlier write
        try
        {
            using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
                BufferSize = 0,
            }))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, replace);
            DirectorySync.Flush(path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
