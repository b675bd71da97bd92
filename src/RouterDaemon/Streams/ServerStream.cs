using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Netcheck;
using NTMobile.Wire;

namespace NTMobile.RouterDaemon.Streams;

/// <summary>
/// One connection with a DS or RS over TLS on TCP. What is sent before it is there waits in its queue. What comes in waits for the receive thread,
/// which takes it chunk by chunk; meanwhile TCP holds the server back.
/// </summary>
internal sealed class ServerStream : IDisposable
{
    private const int QueueBytes = 256 << 10; // a tenth of a second at 20 Mb/s
    private const int ReadBytes = 64 << 10;
    private const int TcpNotSentLowAt = 25; // TCP_NOTSENT_LOWAT (tcp(7))
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly X509ChainPolicy NoChain = new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, // reads no store of the system's
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private readonly StreamTable _table;
    private readonly DatagramQueue _queue = new(QueueBytes);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _taken = new(0, 1);
    private ReadOnlySequence<byte> _arrived; // lent to the receive thread until it says _taken
    private bool _good = true;
    private volatile bool _over;

    public ServerStream(StreamTable table, Uplink uplink, Endpoint server, long nowMs)
    {
        _table = table;
        Uplink = uplink;
        Server = server;
        BegunMs = LastSentMs = nowMs;
    }

    /// <summary>Where it leaves.</summary>
    public Uplink Uplink { get; }

    /// <summary>The server's UDP endpoint, marked as TCP.</summary>
    public Endpoint Server { get; }

    /// <summary>When it was begun, in ms of the node's clock.</summary>
    public long BegunMs { get; }

    /// <summary>When something was sent last.</summary>
    public long LastSentMs { get; set; }

    /// <summary>Whether it has ended, or was never there.</summary>
    public bool IsOver => _over;

    /// <inheritdoc cref="DatagramQueue.TryAdd"/>
    public bool TrySend(ReadOnlySpan<byte> run, int datagramSize) => _queue.TryAdd(run, datagramSize);

    /// <summary>Connects and carries until it fails or is closed.</summary>
    /// <returns>Why it ended, or null: we closed it.</returns>
    public async Task<string?> RunAsync()
    {
        try
        {
            using var socket = new Socket(Server.IsIpv4 && Uplink.Nat64 is null ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            using var tls = await ConnectAsync(socket).ConfigureAwait(false);
            _table.OnConnected(this);
            await CarryAsync(tls).ConfigureAwait(false);
            return "the server closed it";
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            return e is OperationCanceledException ? "no answer" : e.Message;
        }
        finally
        {
            _over = true;
            Dispose();
        }
    }

    /// <summary>Takes the next datagrams of one size; called by the receive thread until there are none, and <see cref="Taken"/> then.</summary>
    /// <param name="room">For the datagrams, one after the other.</param>
    /// <param name="length">Bytes of all.</param>
    /// <param name="datagramSize">Bytes of each but the last, which may be shorter.</param>
    public bool TryTake(Span<byte> room, out int length, out int datagramSize)
    {
        _good = DatagramFraming.TryTakeRun(ref _arrived, room, out length, out datagramSize);
        return length > 0;
    }

    /// <summary>The receive thread has taken what there was.</summary>
    public void Taken() => _taken.Release();

    /// <summary>Ends it.</summary>
    public void Close()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself this moment.
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _end.Dispose();
        _taken.Dispose();
    }

    private async Task<SslStream> ConnectAsync(Socket socket)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        late.CancelAfter(ConnectTimeout);
        UplinkProbe.Bind(socket, Uplink.Name);
        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpNotSentLowAt, BitConverter.GetBytes(ReadBytes));
        socket.NoDelay = true;
        var server = new IPEndPoint((Uplink.Nat64 is { } nat64 && Server.IsIpv4 ? nat64.Embed(Server) : Server).ToIPAddress(), StreamHello.TcpPort);
        await socket.ConnectAsync(server, late.Token).ConfigureAwait(false);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await tls.AuthenticateAsClientAsync(Options(server), late.Token).ConfigureAwait(false);
            await tls.WriteAsync(StreamHello.Write(Server.Port), late.Token).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // TLS only gets us through; who the server is the sessions inside find out by its own key (docs/decisions/0018-tls.md).
#pragma warning disable CA5359
    private static SslClientAuthenticationOptions Options(IPEndPoint server) => new()
    {
        TargetHost = server.Address.ToString(),
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11], // as any browser's connection
        CertificateChainPolicy = NoChain,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };
#pragma warning restore CA5359

    // The first of both that ends, ends the other too.
    private async Task CarryAsync(SslStream tls)
    {
        var writing = _queue.WriteToAsync(tls, _end.Token);
        var reading = ReadAsync(tls);
        try
        {
            await (await Task.WhenAny(writing, reading).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await _end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(writing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(SslStream tls)
    {
        var reader = PipeReader.Create(tls, new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true, useZeroByteReads: true));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(_end.Token).ConfigureAwait(false);
                _arrived = read.Buffer;
                _table.Arrived(this);
                await _taken.WaitAsync(CancellationToken.None).ConfigureAwait(false); // the thread reads on, whatever ends the connection
                reader.AdvanceTo(_arrived.Start, _arrived.End);
                if (read.IsCompleted || !_good)
                {
                    return;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }
}
