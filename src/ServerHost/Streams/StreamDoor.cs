using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NTMobile.NetfilterBridge;
using NTMobile.Wire;

namespace NTMobile.ServerHost.Streams;

// A connection behind TLS:
// 1. its first bytes tell a node (StreamHello) from a web browser, who is handed on; 2. a node's datagrams go to the role it wants;
// 3. what the role has for the node waits in its queue and is written by a task of its own.
/// <summary>Decides whether a TLS connection is a node's or a browser's, and serves the node.</summary>
/// <param name="roles">Who may be wanted.</param>
/// <param name="clients">Where the roles find the nodes.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamDoor(IReadOnlyList<StreamRole> roles, StreamClients clients, TimeProvider time)
{
    private const int TcpNotSentLowAt = 25; // TCP_NOTSENT_LOWAT (tcp(7))
    private static readonly TimeSpan HelloLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(120); // a node gives a sign every 15 s

    /// <summary>Serves one connection to its end.</summary>
    /// <param name="connection">The connection, TLS taken off.</param>
    /// <param name="web">Serves browsers.</param>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate web)
    {
        bool isNode;
        StreamRole? role;
        using (var late = new CancellationTokenSource(HelloLife, time))
        {
            try
            {
                (isNode, role) = await ReadHelloAsync(connection.Transport.Input, late.Token).ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionResetException)
            {
                return;
            }
        }

        if (!isNode)
        {
            await web(connection).ConfigureAwait(false);
        }
        else if (role is not null && connection.RemoteEndPoint is IPEndPoint from)
        {
            Bound(connection);
            await ServeNodeAsync(connection, role, Endpoint.From(from.Address, from.Port).OverTcp()).ConfigureAwait(false);
        }
    }

    private async Task<(bool IsNode, StreamRole? Role)> ReadHelloAsync(PipeReader input, CancellationToken late)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(late).ConfigureAwait(false);
            byte[] first = read.Buffer.Slice(0, Math.Min(StreamHello.Size, read.Buffer.Length)).ToArray();
            if (!StreamHello.IsBeginning(first))
            {
                input.AdvanceTo(read.Buffer.Start);
                return (false, null);
            }

            if (StreamHello.TryRead(first, out ushort port))
            {
                input.AdvanceTo(read.Buffer.GetPosition(StreamHello.Size));
                return (true, roles.FirstOrDefault(role => role.Port == port));
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return (true, null);
            }
        }
    }

    // What the kernel holds back beyond what is on its way would only be delay; here it is dropped instead, as a full UDP socket does.
    private static void Bound(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()?.Socket.SetRawSocketOption(
            (int)SocketOptionLevel.Tcp, TcpNotSentLowAt, BitConverter.GetBytes(64 << 10));

    private async Task ServeNodeAsync(ConnectionContext connection, StreamRole role, Endpoint from)
    {
        DatagramQueue queue = clients.Add(from);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        Task writing = queue.WriteToAsync(connection.Transport.Output.AsStream(), end.Token);
        try
        {
            await ReadAllAsync(connection.Transport.Input, role, from, end.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionResetException)
        {
            // The node went away, or gave no sign for long.
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            connection.Abort();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            clients.Remove(from, queue);
        }
    }

    private async Task ReadAllAsync(PipeReader input, StreamRole role, Endpoint from, CancellationToken end)
    {
        using var idle = new CancellationTokenSource(IdleLife, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, end);
        while (true)
        {
            ReadResult read = await input.ReadAsync(either.Token).ConfigureAwait(false);
            ReadOnlySequence<byte> left = read.Buffer;
            bool good = role.TryTake(ref left, from);
            input.AdvanceTo(left.Start, left.End);
            if (!good || read.IsCompleted)
            {
                return;
            }

            idle.CancelAfter(IdleLife);
        }
    }
}
