using System.Buffers.Binary;
using System.Net;

namespace NTMobile.Lab;

/// <summary>Arithmetic on IPv4 subnets.</summary>
public static class Subnets
{
    /// <summary>The address <paramref name="number"/> above the subnet's base address.</summary>
    public static IPAddress Nth(this IPNetwork subnet, int number)
    {
        byte[] bytes = subnet.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)number);
        return new(bytes);
    }

    /// <summary>The same address as ip(8) wants it on an interface: ADDRESS/LENGTH.</summary>
    internal static string OnLink(this IPNetwork subnet, int number) => $"{subnet.Nth(number)}/{subnet.PrefixLength}";
}
