using System.Net;
using System.Text;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Netcheck;

/// <summary>Asks a gateway by which protocols it would open ports. Nothing is opened.</summary>
internal static class PortMappingProbe
{
    private const int PcpPort = 5351; // of NAT-PMP too
    private const byte PcpVersion = 2;
    private const byte Answer = 0x80;
    private const int PcpSize = 24;
    private const int ClientAddressAt = 8;
    private const int NatPmpAnswerSize = 12;
    private const int SsdpPort = 1900;

    private static readonly byte[] Search = Encoding.ASCII.GetBytes(
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
        + "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n");

    /// <summary>Asks all three at the same time; takes a second where one does not answer.</summary>
    /// <param name="device">The uplink's interface; null: as the routing has it.</param>
    /// <param name="own">Our address there.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task<PortMappingProtocols> AskAsync(string? device, IPAddress own, IPAddress gateway, CancellationToken cancel) =>
        AskAsync(device, own, new IPEndPoint(gateway, PcpPort), new IPEndPoint(gateway, SsdpPort), cancel);

    /// <summary>The same at other ports.</summary>
    internal static async Task<PortMappingProtocols> AskAsync(
        string? device, IPAddress own, IPEndPoint mapper, IPEndPoint upnp, CancellationToken cancel)
    {
        var pcp = UplinkProbe.AskAsync(device, mapper, PcpAnnounce(own), (a, from) => from.Equals(mapper.Address) && IsPcp(a), cancel);
        var natPmp = UplinkProbe.AskAsync(device, mapper, [0, 0], (a, from) => from.Equals(mapper.Address) && IsNatPmp(a), cancel);
        var igd = UplinkProbe.AskAsync(device, upnp, Search, (a, from) => from.Equals(upnp.Address) && IsGateway(a), cancel);
        return new PortMappingProtocols(
            await pcp.ConfigureAwait(false) is not null, await natPmp.ConfigureAwait(false) is not null, await igd.ConfigureAwait(false) is not null);
    }

    // RFC 6887 §7.1, §14.1: the ANNOUNCE opcode, 0, has no payload.
    private static byte[] PcpAnnounce(IPAddress own)
    {
        var request = new byte[PcpSize];
        request[0] = PcpVersion;
        own.MapToIPv6().TryWriteBytes(request.AsSpan(ClientAddressAt), out _);
        return request;
    }

    private static bool IsPcp(byte[] answer) => answer.Length >= PcpSize && answer[0] == PcpVersion && (answer[1] & Answer) != 0;

    // RFC 6886 §3.2: the answer to a request for the external address. A server of PCP alone answers in its own version.
    private static bool IsNatPmp(byte[] answer) => answer.Length == NatPmpAnswerSize && answer[0] == 0 && answer[1] == Answer;

    private static bool IsGateway(byte[] answer)
    {
        var text = Encoding.Latin1.GetString(answer);
        return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && text.Contains("InternetGatewayDevice", StringComparison.Ordinal);
    }
}
