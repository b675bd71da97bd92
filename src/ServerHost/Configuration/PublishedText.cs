using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Configuration;

/// <summary>How addresses and ports are written in <c>rs.published</c>.</summary>
internal static class PublishedText
{
    private static readonly IPNetwork Internet = IPNetwork.Parse("2000::/3");

    /// <summary>An IPv4 address or network; null: it is none.</summary>
    public static IPNetwork? Network(string text)
    {
        bool good = IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : text + "/32", out IPNetwork network);
        return good && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? network : null;
    }

    /// <summary>An IPv6 prefix of the Internet; null: it is none.</summary>
    public static PublicPrefix6? Prefix6(string text)
    {
        bool good = IPNetwork.TryParse(text, out IPNetwork network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            && network.PrefixLength is >= PublicPrefix6.Shortest and <= PublicPrefix6.Longest && Internet.Contains(network.BaseAddress);
        return good ? new PublicPrefix6(Endpoint.From(network.BaseAddress, 0).Address, (byte)network.PrefixLength) : null;
    }

    /// <summary><c>tcp/22</c> or <c>udp/5000-5010</c>; null: it is neither.</summary>
    public static PublishedPorts? Ports(string text)
    {
        string[] parts = text.Split('/');
        byte protocol = parts[0] switch { "tcp" => IpProtocol.Tcp, "udp" => IpProtocol.Udp, _ => 0 };
        string[] range = parts.Length == 2 ? parts[1].Split('-') : [];
        if (range.Length is not (1 or 2) || !TryPort(range[0], out ushort first) || !TryPort(range[^1], out ushort last))
        {
            return null;
        }

        var ports = new PublishedPorts(protocol, first, last);
        return ports.IsGood ? ports : null;
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
