using NTMobile.DirectionServer;
using NTMobile.NetfilterBridge;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The DS behind its UDP socket.</summary>
internal sealed class DsRole(DirectionService service, SocketOutput output) : IUdpRole
{
    /// <inheritdoc/>
    public int TickWithin => service.TickWithin;

    /// <inheritdoc/>
    public void Receive(UdpSocket socket, in UdpRun run)
    {
        output.Handling(run);
        for (int at = 0; at < run.Bytes.Length; at += run.DatagramSize)
        {
            service.Receive(run.Bytes.Slice(at, Math.Min(run.DatagramSize, run.Bytes.Length - at)), run.From);
        }
    }

    /// <inheritdoc/>
    public void Tick() => service.Tick();
}
