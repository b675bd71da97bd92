using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NTMobile.Security.Identity;

/// <summary>What is wrong with the bytes of a key file.</summary>
public enum KeyFileProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It does not begin like a key file.</summary>
    NotAKeyFile,

    /// <summary>It is a key file of another kind.</summary>
    OtherKind,

    /// <summary>It was written by a newer version of the product.</summary>
    NewerVersion,

    /// <summary>It is cut off, too long, or changed.</summary>
    Damaged,
}

/// <summary>What is in a key file. The values stand in the file.</summary>
internal enum KeyFileKind : byte
{
    Node = 1,
    CertificateAuthority = 2,
    GroupAuthority = 3,
}

/// <summary>The form in which keys are kept in files: damage is told from a file of another kind or of the future.</summary>
/// <remarks><code>
///  0             8      9         10           12
///  +-------------+------+---------+------------+--------+--------------+
///  | "NTM1 key"  | kind | version | length (2) | body   | SHA-256 (32) |
///  +-------------+------+---------+------------+--------+--------------+
///  version 1; the sum covers all before it
/// </code></remarks>
internal static class KeyContainer
{
    private const byte Version = 1;
    private const int KindAt = 8;
    private const int VersionAt = 9;
    private const int LengthAt = 10;
    private const int BodyAt = 12;
    private const int SumSize = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "NTM1 key"u8;

    public static byte[] Write(KeyFileKind kind, ReadOnlySpan<byte> body)
    {
        byte[] file = new byte[BodyAt + body.Length + SumSize];
        Magic.CopyTo(file);
        file[KindAt] = (byte)kind;
        file[VersionAt] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(LengthAt), checked((ushort)body.Length));
        body.CopyTo(file.AsSpan(BodyAt));
        SHA256.HashData(file.AsSpan(0, BodyAt + body.Length), file.AsSpan(BodyAt + body.Length));
        return file;
    }

    /// <summary>The body, which lies in <paramref name="file"/>; empty when there is a problem.</summary>
    public static KeyFileProblem Read(KeyFileKind kind, ReadOnlySpan<byte> file, out ReadOnlySpan<byte> body)
    {
        body = default;
        KeyFileProblem problem = Check(kind, file);
        if (problem == KeyFileProblem.None)
        {
            body = file[BodyAt..^SumSize];
        }

        return problem;
    }

    private static KeyFileProblem Check(KeyFileKind kind, ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Magic))
        {
            return KeyFileProblem.NotAKeyFile;
        }

        if (file.Length < BodyAt + SumSize || !SHA256.HashData(file[..^SumSize]).AsSpan().SequenceEqual(file[^SumSize..]))
        {
            return KeyFileProblem.Damaged;
        }

        if (file[KindAt] != (byte)kind)
        {
            return KeyFileProblem.OtherKind;
        }

        bool whole = BinaryPrimitives.ReadUInt16BigEndian(file[LengthAt..]) == file.Length - BodyAt - SumSize;
        return file[VersionAt] > Version ? KeyFileProblem.NewerVersion : whole ? KeyFileProblem.None : KeyFileProblem.Damaged;
    }
}
