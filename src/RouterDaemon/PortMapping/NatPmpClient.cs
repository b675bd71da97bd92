using NTMobile.RouterDaemon.Netcheck;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>Opens a port by NAT-PMP (RFC 6886), for gateways that do not speak PCP.</summary>
internal sealed class NatPmpClient(GatewayLink link) : IMappingProtocol
{
    private ushort _held;

    public string Name => "NAT-PMP";

    public async Task<OpenPort?> OpenAsync(CancellationToken cancel)
    {
        if (await AskAsync<NatPmpAddress>(NatPmpAddress.Request, NatPmpAddress.TryRead, cancel).ConfigureAwait(false) is not { Result: 0 } outside
            || await MapAsync(_held == 0 ? link.Local.Port : _held, PcpClient.LifetimeSeconds, cancel).ConfigureAwait(false)
                is not { Result: 0, ExternalPort: > 0, LifetimeSeconds: > 0 } opened)
        {
            return null;
        }

        _held = opened.ExternalPort;
        return new OpenPort(outside.Address.WithPort(_held), TimeSpan.FromSeconds(opened.LifetimeSeconds), opened.Epoch);
    }

    public Task CloseAsync(CancellationToken cancel) => _held == 0 ? Task.CompletedTask : MapAsync(0, 0, cancel);

    private delegate bool Reader<T>(ReadOnlySpan<byte> datagram, out T answer);

    private Task<NatPmpMapping?> MapAsync(ushort outside, uint lifetime, CancellationToken cancel) => AskAsync(
        NatPmpMapping.Request(link.Local.Port, outside, lifetime),
        (ReadOnlySpan<byte> bytes, out NatPmpMapping answer) => NatPmpMapping.TryRead(bytes, out answer) && answer.InternalPort == link.Local.Port,
        cancel);

    private async Task<T?> AskAsync<T>(byte[] request, Reader<T> reader, CancellationToken cancel)
        where T : struct
    {
        var answer = await UplinkProbe.AskAsync(
            link.Device, link.Mapper, request, bytes => reader(bytes, out _), cancel, link.Patience).ConfigureAwait(false);
        return answer is not null && reader(answer, out var read) ? read : null;
    }
}
