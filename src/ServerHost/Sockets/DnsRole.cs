using NTMobile.DirectionServer;
using NTMobile.DirectionServer.Dns;
using NTMobile.NetfilterBridge;
using NTMobile.Wire.Dns;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The zone's DNS behind a UDP socket.</summary>
internal sealed class DnsRole(DirectionService service, SocketOutput output) : IUdpRole
{
    private readonly byte[] _answer = new byte[DnsEdns.SafePayloadSize];

    /// <inheritdoc/>
    public int TickWithin => 1000;

    /// <inheritdoc/>
    public void Receive(UdpSocket socket, in UdpRun run)
    {
        output.Handling(run);
        for (int at = 0; at < run.Bytes.Length; at += run.DatagramSize)
        {
            ReadOnlySpan<byte> query = run.Bytes.Slice(at, Math.Min(run.DatagramSize, run.Bytes.Length - at));
            int written = service.AnswerDns(query, DnsTransport.Udp, run.From, _answer);
            if (written > 0)
            {
                output.Send(run.From, _answer.AsSpan(0, written), written);
            }
        }
    }

    /// <inheritdoc/>
    public void Tick()
    {
        // The DS's own thread ticks.
    }
}
