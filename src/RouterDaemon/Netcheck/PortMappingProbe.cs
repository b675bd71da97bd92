using NTMobile.Control;
using NTMobile.RouterDaemon.PortMapping;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.Netcheck;

/// <summary>Asks a gateway by which protocols it would open ports. Nothing is opened.</summary>
internal static class PortMappingProbe
{
    /// <summary>Asks all three at the same time; takes a second where one does not answer.</summary>
    public static async Task<PortMappingProtocols> AskAsync(GatewayLink link, CancellationToken cancel)
    {
        var pcp = UplinkProbe.AskAsync(
            link.Device, link.Mapper, PcpAnnounce.Request(link.Local), a => PcpAnnounce.TryReadAnswer(a, out _), cancel);
        var natPmp = UplinkProbe.AskAsync(
            link.Device, link.Mapper, NatPmpAddress.Request, a => NatPmpAddress.TryRead(a, out _), cancel);
        var igd = UplinkProbe.AskAsync(
            link.Device, Ssdp.Searches(link.Device, link.Upnp), (a, from) => from.Address.Equals(link.Gateway) && Ssdp.IsGateway(a), cancel);
        return new PortMappingProtocols(
            await pcp.ConfigureAwait(false) is not null, await natPmp.ConfigureAwait(false) is not null, await igd.ConfigureAwait(false) is not null);
    }
}
