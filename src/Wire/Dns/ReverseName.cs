using System.Globalization;

namespace NTMobile.Wire.Dns;

/// <summary>
/// Names under which addresses are looked up: octets and nibbles of the address in reverse order (RFC 1035 §3.5, RFC 3596 §2.5).
/// <code>
/// 198.18.0.7  7.0.18.198.in-addr.arpa
/// fd4e:5400:… …0.0.4.5.e.4.d.f.ip6.arpa (32 nibbles)
/// </code>
/// </summary>
public static class ReverseName
{
    private const string Ipv4Zone = "in-addr.arpa";
    private const string Ipv6Zone = "ip6.arpa";
    private const int Ipv4Labels = 4;
    private const int Ipv6Labels = 32;

    /// <summary>The zones that hold the names of a prefix's addresses and, when its length is a whole number of octets, no others.</summary>
    /// <param name="network">The prefix's IPv4 address.</param>
    /// <param name="length">Its bits, 1–24.</param>
    public static IEnumerable<string> Zones(uint network, int length)
    {
        var octets = (length + 7) / 8;
        for (var i = 0; i < 1 << ((octets * 8) - length); i++)
        {
            var address = network + ((uint)i << (32 - (octets * 8)));
            var labels = Enumerable.Range(0, octets).Select(o => (byte)(address >> (24 - (8 * o)))).Reverse();
            yield return $"{string.Join('.', labels)}.{Ipv4Zone}";
        }
    }

    /// <summary>The zone that holds the names of an IPv6 prefix's addresses.</summary>
    /// <param name="network">The prefix's first bits, right-aligned.</param>
    /// <param name="nibbles">How many times four bits they are.</param>
    public static string Zone(uint network, int nibbles) =>
        string.Concat(Enumerable.Range(0, nibbles).Select(n => $"{(network >> (4 * n)) & 0xF:x}.")) + Ipv6Zone;

    /// <summary>Whether a name is one of them, or of a zone that holds them.</summary>
    public static bool IsReverse(string name) =>
        name.EndsWith("." + Ipv4Zone, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + Ipv6Zone, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a whole IPv4 address out of such a name.</summary>
    public static bool TryReadIpv4(string name, out uint address)
    {
        address = 0;
        if (!TrySplit(name, Ipv4Zone, Ipv4Labels, out var labels))
        {
            return false;
        }

        foreach (var label in labels.Reverse())
        {
            if (!byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var octet))
            {
                return false;
            }

            address = (address << 8) | octet;
        }

        return true;
    }

    /// <summary>Reads a whole IPv6 address out of such a name.</summary>
    public static bool TryReadIpv6(string name, out UInt128 address)
    {
        address = 0;
        if (!TrySplit(name, Ipv6Zone, Ipv6Labels, out var labels))
        {
            return false;
        }

        foreach (var label in labels.Reverse())
        {
            if (label is not [var digit] || !char.IsAsciiHexDigit(digit))
            {
                return false;
            }

            address = (address << 4) | (uint)Convert.ToInt32(label, 16);
        }

        return true;
    }

    private static bool TrySplit(string name, string zone, int count, out string[] labels)
    {
        labels = name.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase) ? name[..^(zone.Length + 1)].Split('.') : [];
        return labels.Length == count;
    }
}
