using System.Globalization;
using System.Net;
using NTMobile.Packets;

namespace NTMobile.RouterCore;

/// <summary>An IPv4 prefix, for example 198.18.0.0/15.</summary>
/// <param name="Network">Its first address.</param>
/// <param name="Length">Bits that all its addresses share, 1 to 32.</param>
public readonly record struct AddressPrefix(uint Network, int Length)
{
    /// <summary>198.18.0.0/15, the addresses set aside for benchmarks (RFC 2544): nobody uses them on the Internet.</summary>
    public static readonly AddressPrefix Virtual = new(0xC612_0000, 15);

    private uint Mask => uint.MaxValue << (32 - Length);

    /// <summary>How many addresses it has.</summary>
    public uint Count => ~Mask + 1;

    /// <summary>Its last eighth: of the virtual prefix, the addresses that stand for ordinary IPv6 hosts.</summary>
    public AddressPrefix LastEighth => new(Network + (Count / 8 * 7), Length + 3);

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(uint address) => (address & Mask) == Network;

    /// <summary>Reads <c>198.18.0.0/15</c>.</summary>
    /// <returns>False when it is no IPv4 prefix, or bits behind the prefix are set.</returns>
    public static bool TryParse(string? text, out AddressPrefix prefix)
    {
        prefix = default;
        if (text?.Split('/') is not [var address, var bits]
            || !IPAddress.TryParse(address, out var ip) || ip.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork
            || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is < 1 or > 32)
        {
            return false;
        }

        prefix = new AddressPrefix(Endpoint.From(ip, 0).Ipv4Address, length);
        return (prefix.Network & ~prefix.Mask) == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Endpoint.FromIpv4(Network, 0).ToIPAddress()}/{Length}";
}
