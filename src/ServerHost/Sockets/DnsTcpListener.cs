using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NTMobile.DirectionServer.Dns;

namespace NTMobile.ServerHost.Sockets;

/// <summary>DNS over TCP (RFC 7766): two bytes of length before each message.</summary>
internal sealed class DnsTcpListener : IDisposable
{
    private const int MaxConnections = 128; // a further one is closed at once
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly DnsAnswerer _answer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    /// <summary>Listens; takes over the bound socket.</summary>
    public DnsTcpListener(Socket bound, DnsAnswerer answer, TimeProvider time)
    {
        _listener = bound;
        _answer = answer;
        _time = time;
        _listener.Listen();
    }

    /// <summary>Answers one message; see <see cref="DirectionServer.DirectionService.AnswerDns"/>.</summary>
    public delegate int DnsAnswerer(ReadOnlySpan<byte> query, DnsTransport transport, in Endpoint from, Span<byte> answer);

    /// <summary>Accepts until disposed.</summary>
    public async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (SocketException)
            {
                // The asker was gone before it was accepted.
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Closes the socket; connections end by themselves.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Socket connection)
    {
        using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            if (Interlocked.Increment(ref _connections) <= MaxConnections)
            {
                await AnswerAllAsync(stream, connection.RemoteEndPoint is IPEndPoint from ? Endpoint.From(from.Address, from.Port) : default).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The asker went away or was idle.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task AnswerAllAsync(NetworkStream stream, Endpoint from)
    {
        var length = new byte[sizeof(ushort)];
        var answer = new byte[sizeof(ushort) + ushort.MaxValue];
        while (true)
        {
            using var idle = new CancellationTokenSource(IdleLife, _time);
            await stream.ReadExactlyAsync(length, idle.Token).ConfigureAwait(false);
            var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(query, idle.Token).ConfigureAwait(false);
            int written = _answer(query, DnsTransport.Tcp, from, answer.AsSpan(sizeof(ushort)));
            if (written == 0)
            {
                return;
            }

            BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)written);
            await stream.WriteAsync(answer.AsMemory(0, sizeof(ushort) + written), idle.Token).ConfigureAwait(false);
        }
    }
}
