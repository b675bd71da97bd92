using NTMobile.DirectionServer;
using NTMobile.NetfilterBridge;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The DS behind its UDP sockets: those for sessions and STUN, one for each IP version, the others for STUN alone.</summary>
internal sealed class DsRole(DirectionService service, SocketOutput output, UdpSocket[] sessions, StunSockets stun) : IUdpRole
{
    /// <inheritdoc/>
    public int TickWithin => service.TickWithin;

    /// <inheritdoc/>
    public void Receive(UdpSocket socket, in UdpRun run)
    {
        output.Handling(run);
        for (int at = 0; at < run.Bytes.Length; at += run.DatagramSize)
        {
            Span<byte> datagram = run.Bytes.Slice(at, Math.Min(run.DatagramSize, run.Bytes.Length - at));
            if (!sessions.Contains(socket) || DatagramHeader.IsStun(datagram))
            {
                stun.Take(socket, run, datagram);
            }
            else
            {
                service.Receive(datagram, run.From);
            }
        }
    }

    /// <inheritdoc/>
    public void Tick() => service.Tick();
}
