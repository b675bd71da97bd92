using System.Net;
using System.Net.Sockets;

namespace NTMobile.RouterDaemon.Tests.Support;

/// <summary>Answers each datagram on loopback.</summary>
internal sealed class LoopbackGateway : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    /// <param name="answer">What is answered.</param>
    /// <param name="speaker">By which socket; null: the one that was asked.</param>
    public LoopbackGateway(Func<byte[], byte[]> answer, UdpClient? speaker = null) => _ = ServeAsync(answer, speaker ?? _socket);

    public IPEndPoint At => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>The datagrams that came.</summary>
    public List<byte[]> Asked { get; } = [];

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync(Func<byte[], byte[]> answer, UdpClient speaker)
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync();
                lock (Asked)
                {
                    Asked.Add(asked.Buffer);
                }

                await speaker.SendAsync(answer(asked.Buffer), asked.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // the test is over
        }
    }
}
