using System.Buffers.Binary;

namespace NTMobile.Wire;

/// <summary>The first bytes of a node inside TLS: which server it wants (protocol.md §1.6). Datagrams follow at once.</summary>
/// <remarks>
/// <code>
///  0                               4               6
///  +-------------------------------+---------------+
///  | "NTM1"                        | UDP port (2)  |
///  +-------------------------------+---------------+
/// </code>
/// No HTTP request begins like this, so that a web server may have the same port.
/// </remarks>
public static class StreamHello
{
    /// <summary>Bytes.</summary>
    public const int Size = PortAt + 2;

    /// <summary>TCP port of the servers' TLS.</summary>
    public const ushort TcpPort = 443;

    private const int PortAt = 4;

    private static ReadOnlySpan<byte> Magic => "NTM1"u8;

    /// <summary>Writes it.</summary>
    /// <param name="port">The port at which the server's UDP is.</param>
    public static byte[] Write(ushort port)
    {
        var hello = new byte[Size];
        Magic.CopyTo(hello);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(PortAt), port);
        return hello;
    }

    /// <summary>Whether bytes that have come so far may still become a hello.</summary>
    public static bool IsBeginning(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= Magic.Length ? Magic.StartsWith(bytes) : bytes.StartsWith(Magic);

    /// <summary>Reads it from the first <see cref="Size"/> bytes.</summary>
    /// <returns>False: something else, or too short.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ushort port)
    {
        port = 0;
        if (bytes.Length < Size || !bytes.StartsWith(Magic))
        {
            return false;
        }

        port = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortAt..]);
        return true;
    }
}
