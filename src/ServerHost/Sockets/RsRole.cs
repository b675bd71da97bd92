using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The RS behind its UDP sockets: runs stay runs.</summary>
internal sealed class RsRole(RelayService service, RelayOutput output) : IUdpRole
{
    private const byte EcnBits = 3;

    /// <inheritdoc/>
    public int TickWithin => 1000;

    /// <inheritdoc/>
    public void Receive(UdpSocket socket, in UdpRun run)
    {
        output.Handling(socket, run);
        service.ReceiveRun(run.Bytes, run.DatagramSize, run.From, (byte)(run.Tos & EcnBits));
    }

    /// <inheritdoc/>
    public void EndBatch() => output.EndBatch();

    /// <inheritdoc/>
    public void Tick() => service.Tick();
}
