using System.Buffers.Binary;
using System.Net;

namespace NTMobile.Lab;

/// <summary>Arithmetic on subnets of both IP versions.</summary>
public static class Subnets
{
    /// <summary>The address <paramref name="number"/> above the subnet's base address.</summary>
    public static IPAddress Nth(this IPNetwork subnet, int number) => subnet.BaseAddress.Plus((UInt128)number);

    /// <summary>The address by which NAT64 with this /96 prefix reaches an IPv4 address (RFC 6052).</summary>
    public static IPAddress Embed(this IPNetwork prefix, IPAddress address) =>
        prefix.BaseAddress.Plus(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()));

    /// <summary>The same address as ip(8) wants it on an interface: ADDRESS/LENGTH.</summary>
    internal static string OnLink(this IPNetwork subnet, int number) => $"{subnet.Nth(number)}/{subnet.PrefixLength}";

    internal static IPAddress Plus(this IPAddress address, UInt128 number)
    {
        byte[] bytes = address.GetAddressBytes();
        if (bytes.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)number);
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) + number);
        }

        return new(bytes);
    }
}
