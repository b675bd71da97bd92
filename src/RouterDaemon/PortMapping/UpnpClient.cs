using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NTMobile.RouterDaemon.Netcheck;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>
/// Opens a port by UPnP (Internet Gateway Device 1 and 2): search, description, then WANIPConnection's or WANPPPConnection's actions.
/// </summary>
internal sealed class UpnpClient(GatewayLink link) : IMappingProtocol, IDisposable
{
    private const int LeaseSeconds = 600;
    private const int Tries = 4;
    private const int FirstFreePort = 1024;
    private const string ConflictInMappingEntry = "718";
    private const string OnlyPermanentLeases = "725"; // IGD:1 has devices that know no lease
    private readonly UpnpHttp _http = new(link);
    private UpnpService? _service;
    private ushort _port; // the one that was open last; 0: none yet

    public string Name => "UPnP";

    public void Dispose() => _http.Dispose();

    public async Task<OpenPort?> OpenAsync(CancellationToken cancel)
    {
        foreach (var service in _service is { } known ? [known] : await FindAsync(cancel).ConfigureAwait(false))
        {
            if (await AddressAsync(service, cancel).ConfigureAwait(false) is { } address && await AddAsync(service, cancel).ConfigureAwait(false) is { } port)
            {
                (_service, _port) = (service, port);
                return new OpenPort(Endpoint.From(address, port), TimeSpan.FromSeconds(LeaseSeconds), null);
            }
        }

        _service = null; // after a restart its control may be elsewhere
        return null;
    }

    public async Task CloseAsync(CancellationToken cancel)
    {
        if (_service is { } service)
        {
            await _http.CallAsync(
                service, "DeletePortMapping", [("NewRemoteHost", ""), ("NewExternalPort", Text(_port)), ("NewProtocol", "UDP")], cancel).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<UpnpService>> FindAsync(CancellationToken cancel)
    {
        var answer = await UplinkProbe.AskAsync(
            link.Device,
            Ssdp.Searches(link.Device, link.Upnp),
            (bytes, from) => from.Address.Equals(link.Gateway) && Ssdp.TryReadLocation(bytes, link.Gateway, out _),
            cancel).ConfigureAwait(false);
        return answer is not null && Ssdp.TryReadLocation(answer, link.Gateway, out var location)
            && await _http.GetAsync(location, cancel).ConfigureAwait(false) is { } description
            ? UpnpXml.Services(description, location, link.Gateway)
            : [];
    }

    private async Task<IPAddress?> AddressAsync(UpnpService service, CancellationToken cancel) =>
        await _http.CallAsync(service, "GetExternalIPAddress", [], cancel).ConfigureAwait(false) is { } answer
        && IPAddress.TryParse(UpnpXml.Value(answer, "NewExternalIPAddress"), out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? address
            : null;

    // IGD:2 chooses a free port itself; IGD:1, and what is held already, is asked for a certain one.
    private async Task<ushort?> AddAsync(UpnpService service, CancellationToken cancel)
    {
        if (_port == 0 && service.Type == UpnpXml.Types[0]
            && await CallAsync("AddAnyPortMapping", link.Local.Port, LeaseSeconds).ConfigureAwait(false) is { } any
            && ushort.TryParse(UpnpXml.Value(any, "NewReservedPort"), NumberStyles.None, CultureInfo.InvariantCulture, out var reserved) && reserved > 0)
        {
            return reserved;
        }

        var (port, lease) = (_port == 0 ? link.Local.Port : _port, LeaseSeconds);
        for (var i = 0; i < Tries && await CallAsync("AddPortMapping", port, lease).ConfigureAwait(false) is { } answer; i++)
        {
            switch (UpnpXml.Value(answer, "errorCode"))
            {
                case null when UpnpXml.Value(answer, "AddPortMappingResponse") is not null:
                    return port;
                case OnlyPermanentLeases:
                    lease = 0;
                    break;
                case ConflictInMappingEntry:
                    port = (ushort)RandomNumberGenerator.GetInt32(FirstFreePort, ushort.MaxValue);
                    break;
                default:
                    return null;
            }
        }

        return null;

        Task<byte[]?> CallAsync(string action, ushort outside, int seconds) => _http.CallAsync(
            service,
            action,
            [
                ("NewRemoteHost", ""), ("NewExternalPort", Text(outside)), ("NewProtocol", "UDP"), ("NewInternalPort", Text(link.Local.Port)),
                ("NewInternalClient", link.Local.ToIPAddress().ToString()), ("NewEnabled", "1"), ("NewPortMappingDescription", "ntm-router"),
                ("NewLeaseDuration", Text(seconds)),
            ],
            cancel);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
