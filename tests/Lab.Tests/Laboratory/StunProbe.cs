using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace NTMobile.Lab.Tests.Laboratory;

/// <summary>
/// One UDP socket in a namespace that asks a STUN server (RFC 8489) how it looks from outside, again and again. The answer is an
/// IPv4 address: a server that is asked over IPv6 is one behind NAT64.
/// </summary>
internal sealed class StunProbe : IDisposable
{
    private const int HeaderSize = 20;
    private const uint MagicCookie = 0x2112A442;
    private const ushort XorMappedAddress = 0x0020;

    private readonly Socket _socket;
    private readonly IPAddress _server;

    public StunProbe(Host host, IPAddress server)
    {
        _server = server;
        _socket = host.RunInside(() => new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
    }

    public async Task<IPEndPoint> AskAsync(IPAddress? server = null)
    {
        byte[] request = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt16BigEndian(request, 0x0001);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), MagicCookie);
        RandomNumberGenerator.Fill(request.AsSpan(8));
        await _socket.SendToAsync(request, new IPEndPoint(server ?? _server, 3478));

        byte[] answer = new byte[1500];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        int length = await _socket.ReceiveAsync(answer, patience.Token);
        return ReadMapped(answer.AsSpan(0, length));
    }

    /// <summary>The socket's own port, after a first question.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Sends a datagram that is no question.</summary>
    public Task SendAsync(IPEndPoint to) => _socket.SendToAsync(new byte[1], to);

    /// <summary>Whether a datagram comes within half a second, or had come.</summary>
    public async Task<bool> HearsAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            await _socket.ReceiveAsync(new byte[1500], patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static IPEndPoint ReadMapped(ReadOnlySpan<byte> answer)
    {
        for (int at = HeaderSize; at < answer.Length;)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(answer[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 2)..]);
            if (type == XorMappedAddress)
            {
                uint address = BinaryPrimitives.ReadUInt32BigEndian(answer[(at + 8)..]) ^ MagicCookie;
                int port = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 6)..]) ^ (int)(MagicCookie >> 16);
                return new(new IPAddress(BinaryPrimitives.ReverseEndianness(address)), port);
            }

            at += 4 + ((length + 3) & ~3);
        }

        throw new InvalidDataException("the answer has no XOR-MAPPED-ADDRESS");
    }
}
