using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.Storage.Pages;

namespace NTMobile.Storage;

/// <summary>What is wrong with a key file.</summary>
public enum KeyFileFault
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>Its content is not what was written.</summary>
    Damaged,

    /// <summary>Others than the owner may read or write it.</summary>
    Permissions,

    /// <summary>This process may not read it, or the disk fails.</summary>
    Unreadable,
}

/// <summary>A key file cannot be used; the message says what to do.</summary>
public sealed class KeyFileException(KeyFileFault fault, string path, string message) : IOException(message)
{
    /// <summary>What is wrong.</summary>
    public KeyFileFault Fault => fault;

    /// <summary>The file.</summary>
    public string FilePath => path;
}

/// <summary>
/// A small file with secrets: mode 0600, with a checksum, and after any crash either the old one or the new one.
/// <code>
///  0         8          12         16
///  +---------+----------+----------+-----------+-------------------------------+
///  | NTMKEY1 | kind (4) | length   | content   | SHA-256 of everything before  |
///  +---------+----------+----------+-----------+-------------------------------+
/// </code>
/// The magic ends in a line feed; <c>kind</c> is four ASCII letters that keep one sort of key from being taken for another; big-endian.
/// </summary>
public static class KeyFile
{
    private const int KindAt = 8;
    private const int LengthAt = 12;
    private const int ContentAt = 16;
    private const int MaximumSize = 1 << 20;
    private const UnixFileMode NotForOthers = (UnixFileMode)0b000_111_111;

    private static ReadOnlySpan<byte> Magic => "NTMKEY1\n"u8;

    /// <summary>Makes a file that must not be there yet; one that is there is left alone.</summary>
    /// <exception cref="IOException">There is one already, or the disk fails.</exception>
    public static void Create(string path, string kind, ReadOnlySpan<byte> content) => Store(path, kind, content, replace: false);

    /// <summary>Makes or replaces a file.</summary>
    /// <exception cref="IOException">The disk fails; the old file is still there.</exception>
    public static void Write(string path, string kind, ReadOnlySpan<byte> content) => Store(path, kind, content, replace: true);

    /// <summary>Reads the content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">Four ASCII letters; another kind counts as damage.</param>
    /// <exception cref="KeyFileException">It cannot be used, with the problem and words for the owner.</exception>
    public static byte[] Read(string path, string kind)
    {
        var bytes = ReadAll(path);
        try
        {
            return Decode(bytes, kind) ?? throw new KeyFileException(
                KeyFileFault.Damaged, path, $"{path} is damaged: its content is not what was written. Put a backup of it back; it was left as it is.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static void Store(string path, string kind, ReadOnlySpan<byte> content, bool replace)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kind.Length, LengthAt - KindAt);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaximumSize);
        var bytes = new byte[ContentAt + content.Length + SHA256.HashSizeInBytes];
        Magic.CopyTo(bytes);
        System.Text.Encoding.ASCII.GetBytes(kind, bytes.AsSpan(KindAt));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), content.Length);
        content.CopyTo(bytes.AsSpan(ContentAt));
        SHA256.HashData(bytes.AsSpan(0, ContentAt + content.Length), bytes.AsSpan(ContentAt + content.Length));
        try
        {
            AtomicFile.Write(path, bytes, replace);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var mode = File.GetUnixFileMode(file);
            if ((mode & NotForOthers) != 0)
            {
                throw new KeyFileException(
                    KeyFileFault.Permissions, path, $"{path} may be used by others than its owner (mode {Convert.ToString((int)mode, 8)}). If nobody else had access, run: chmod 600 {path}");
            }

            var bytes = new byte[Math.Min(length, MaximumSize + ContentAt + SHA256.HashSizeInBytes + 1)];
            _ = RandomAccess.Read(file, bytes, 0);
            return bytes;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyFileException(KeyFileFault.Missing, path, $"{path} does not exist.");
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or (IOException and not KeyFileException))
        {
            throw new KeyFileException(KeyFileFault.Unreadable, path, $"{path} cannot be read: {unreadable.Message}");
        }
    }

    private static byte[]? Decode(ReadOnlySpan<byte> bytes, string kind)
    {
        if (bytes.Length < ContentAt + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
        {
            return null;
        }

        var content = bytes[ContentAt..^SHA256.HashSizeInBytes];
        Span<byte> name = stackalloc byte[LengthAt - KindAt];
        System.Text.Encoding.ASCII.GetBytes(kind, name);
        return SHA256.HashData(bytes[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(bytes[^SHA256.HashSizeInBytes..])
            && bytes[KindAt..LengthAt].SequenceEqual(name)
            && BinaryPrimitives.ReadInt32BigEndian(bytes[LengthAt..]) == content.Length
            ? content.ToArray() : null;
    }
}
