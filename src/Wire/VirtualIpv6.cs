using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NTMobile.Wire;

/// <summary>
/// Virtual IPv6 addresses: out of one unique local prefix (RFC 4193), a /64 for each router, made of the router's name, and an address in it, made of the
/// device's. So they are the same on every LAN, and nobody has to keep or tell them.
/// <code>fd4e:54 (24 bits) | SHA-256("NTM1 virtual" ‖ router), 40 bits | SHA-256("NTM1 virtual" ‖ router ‖ 0 ‖ device), 64 bits</code>
/// </summary>
public static class VirtualIpv6
{
    /// <summary>The prefix of all, as <c>ip</c> and <c>nft</c> write it.</summary>
    public const string Prefix = "fd4e:5400::/24";

    /// <summary>The prefix's bits.</summary>
    public const uint First24Bits = 0xFD4E54;

    /// <summary>Whether an address lies in the prefix.</summary>
    public static bool Contains(UInt128 address) => (uint)(address >> 104) == First24Bits;

    /// <summary>The part of an address that all devices of one router have in common: the first 64 bits.</summary>
    public static ulong Network(UInt128 address) => (ulong)(address >> 64);

    /// <summary>The same of a router.</summary>
    /// <param name="router">Its full name.</param>
    public static ulong Network(string router)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes("NTM1 virtual" + router), hash);
        return ((ulong)First24Bits << 40) | (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 24);
    }

    /// <summary>The address of a device.</summary>
    /// <param name="router">Its router's full name.</param>
    /// <param name="device">Its label, or another name for what is shown of it.</param>
    public static UInt128 Of(string router, string device)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"NTM1 virtual{router}\0{device}"), hash);
        return new UInt128(Network(router), BinaryPrimitives.ReadUInt64BigEndian(hash));
    }
}
