using System.Security.Cryptography;

namespace NTMobile.Wire.Dns;

/// <summary>Where a node is registered (protocol.md §4). It says nothing about where the node is.</summary>
/// <remarks>
/// <code>
///  0         1                                    33
///  +---------+------------------------------------+---------------------------+
///  | version | SHA-256 of the identity key (32)   | name of the DS, wire form |
///  +---------+------------------------------------+---------------------------+
///  version 1; the name is not compressed (RFC 3597 §4). A record of another version is read as an unknown one.
/// </code>
/// </remarks>
/// <param name="KeyDigest">SHA-256 of the node's Ed25519 identity key, 32 bytes.</param>
/// <param name="DirectionServer">Name of the node's DS.</param>
public sealed record NtmRecord(byte[] KeyDigest, string DirectionServer) : DnsRecordData
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override DnsType Type => DnsType.Ntm;

    internal static DnsRecordData Read(ref DnsReader reader, int length)
    {
        var version = reader.Bytes(Math.Min(length, 1));
        if (version is not [Version])
        {
            return new UnknownRecord(DnsType.Ntm, [.. version, .. reader.Bytes(Math.Max(length - 1, 0))]);
        }

        var record = new NtmRecord(reader.Bytes(SHA256.HashSizeInBytes).ToArray(), reader.LowerName(compressed: false));
        if (!HostName.IsNormal(record.DirectionServer))
        {
            reader.Fail();
        }

        return record;
    }

    internal override void Write(ref DnsWriter writer)
    {
        if (KeyDigest.Length != SHA256.HashSizeInBytes || !HostName.IsNormal(DirectionServer))
        {
            throw new ArgumentException("An NTM record needs a digest of 32 bytes and a host name.");
        }

        writer.Byte(Version);
        writer.Bytes(KeyDigest);
        writer.Name(DirectionServer, compressed: false);
    }
}
