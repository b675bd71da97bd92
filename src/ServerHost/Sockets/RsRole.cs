using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The RS behind its UDP socket: runs stay runs.</summary>
internal sealed class RsRole(RelayService service, SocketOutput output) : IUdpRole
{
    private const byte EcnBits = 3;

    /// <inheritdoc/>
    public int TickWithin => 1000;

    /// <inheritdoc/>
    public void Receive(in UdpRun run)
    {
        output.Handling(run);
        service.ReceiveRun(run.Bytes, run.DatagramSize, run.From, (byte)(run.Tos & EcnBits));
    }

    /// <inheritdoc/>
    public void Tick() => service.Tick();
}
