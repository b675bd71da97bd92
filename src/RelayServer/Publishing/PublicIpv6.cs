using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>
/// Which published device has which address of the public prefix. An address is made of names, so that it stays the same without being stored: behind
/// the prefix stand bits of SHA-256("NTM1 published" ‖ node ‖ 0 ‖ label). The first two addresses are no device's: routers' anycast (RFC 4291 §2.6.1), and
/// the RS's own.
/// </summary>
internal sealed class PublicIpv6(PublicPrefix6 prefix)
{
    private readonly Dictionary<UInt128, Publication> _devices = [];

    /// <summary>Who speaks from here is the RS itself.</summary>
    public UInt128 Own => prefix.Address + 1;

    /// <summary>Who has an address; null: nobody.</summary>
    public Publication? Find(UInt128 address) => _devices.GetValueOrDefault(address);

    /// <summary>The address of a device; 0: another has it.</summary>
    public UInt128 AddressFor(string node, string label)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"NTM1 published{node}\0{label}"), hash);
        UInt128 address = prefix.Address | (BinaryPrimitives.ReadUInt128BigEndian(hash) & (UInt128.MaxValue >> prefix.Length));
        bool isFree = address > Own && (!_devices.TryGetValue(address, out Publication? taken) || (taken.Node == node && taken.Label == label));
        return isFree ? address : 0;
    }

    public void Add(Publication publication)
    {
        if (publication.Ipv6 != 0)
        {
            _devices[publication.Ipv6] = publication;
        }
    }

    public void Remove(Publication publication) => _devices.Remove(publication.Ipv6);
}
