using System.Net;
using System.Text;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>The search for a UPnP gateway (UPnP Device Architecture 1.1 §1.3). The gateway that is sought is known; only where its description is must be asked.</summary>
internal static class Ssdp
{
    public const int Port = 1900;
    private const string Group = "239.255.255.250";
    private const string Kind = "urn:schemas-upnp-org:device:InternetGatewayDevice:";

    /// <summary>The searches: of the gateway itself, and for those that answer nothing else, of all (needs an interface).</summary>
    public static IReadOnlyList<(IPEndPoint To, byte[] Datagram)> Searches(string? device, IPEndPoint gateway)
    {
        List<(IPEndPoint, byte[])> searches = [];
        foreach (var version in (string[])["1", "2"])
        {
            searches.Add((gateway, Search($"{gateway}", version, "")));
            if (device is not null)
            {
                searches.Add((new IPEndPoint(IPAddress.Parse(Group), Port), Search($"{Group}:{Port}", version, "MX: 1\r\n")));
            }
        }

        return searches;
    }

    /// <summary>Whether it is an answer of an Internet gateway.</summary>
    public static bool IsGateway(ReadOnlySpan<byte> answer)
    {
        var text = Encoding.Latin1.GetString(answer);
        return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && text.Contains(Kind, StringComparison.Ordinal);
    }

    /// <summary>Reads where the gateway has its description.</summary>
    /// <returns>False: it is no gateway's answer, or its description is elsewhere than at the gateway's own address.</returns>
    public static bool TryReadLocation(ReadOnlySpan<byte> answer, IPAddress gateway, out Uri location)
    {
        location = null!;
        if (!IsGateway(answer))
        {
            return false;
        }

        const string name = "LOCATION:";
        var line = Encoding.Latin1.GetString(answer).Split("\r\n").FirstOrDefault(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return line is not null && Uri.TryCreate(line[name.Length..].Trim(), UriKind.Absolute, out location!) && IsAt(location, gateway);
    }

    /// <summary>Whether a page is at the gateway: by HTTP, at its address in digits.</summary>
    public static bool IsAt(Uri page, IPAddress gateway) =>
        page.Scheme == Uri.UriSchemeHttp && page.HostNameType == UriHostNameType.IPv4 && IPAddress.TryParse(page.Host, out var at) && at.Equals(gateway);

    private static byte[] Search(string host, string version, string patience) => Encoding.ASCII.GetBytes(
        $"M-SEARCH * HTTP/1.1\r\nHOST: {host}\r\nMAN: \"ssdp:discover\"\r\n{patience}ST: {Kind}{version}\r\n\r\n");
}
