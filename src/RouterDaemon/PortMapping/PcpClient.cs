using NTMobile.RouterDaemon.Netcheck;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>Opens a port by PCP (RFC 6887, MAP).</summary>
internal sealed class PcpClient(GatewayLink link, PcpNonce nonce) : IMappingProtocol
{
    /// <summary>The shortest lifetime that the RFC (§15) wants to be asked for: a port that nobody closes is not open for long.</summary>
    public const int LifetimeSeconds = 120;

    private Endpoint _held;

    public string Name => "PCP";

    public async Task<OpenPort?> OpenAsync(CancellationToken cancel)
    {
        if (await AskAsync(LifetimeSeconds, cancel).ConfigureAwait(false) is not
            { Result: 0, LifetimeSeconds: > 0, External: { IsIpv4: true, Port: > 0 } outside } opened)
        {
            return null;
        }

        _held = outside;
        return new OpenPort(outside, TimeSpan.FromSeconds(opened.LifetimeSeconds), opened.Epoch);
    }

    public Task CloseAsync(CancellationToken cancel) => _held.IsNone ? Task.CompletedTask : AskAsync(0, cancel);

    private async Task<PcpMapResponse?> AskAsync(uint lifetime, CancellationToken cancel)
    {
        var request = new byte[PcpMapRequest.Size];
        new PcpMapRequest(nonce, lifetime, link.Local, _held.IsNone || lifetime == 0 ? Endpoint.FromIpv4(0, 0) : _held).Write(request);
        var answer = await UplinkProbe.AskAsync(
            link.Device,
            link.Mapper,
            request,
            bytes => IsMine(bytes, out _) || NatPmpMapping.IsUnsupportedVersion(bytes),
            cancel,
            link.Patience).ConfigureAwait(false);
        return answer is not null && IsMine(answer, out var response) ? response : null;
    }

    private bool IsMine(byte[] answer, out PcpMapResponse response) =>
        PcpMapResponse.TryRead(answer, out response) && response.Nonce == nonce && response.InternalPort == link.Local.Port;
}
