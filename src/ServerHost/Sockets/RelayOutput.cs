using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;
using NTMobile.Security.Channel;
using NTMobile.ServerHost.Streams;

namespace NTMobile.ServerHost.Sockets;

/// <summary>
/// The relay's output. Its own datagrams leave at once by the first socket of their IP version. What it forwards leaves by the socket that received it, or
/// by the first one of the other version, at the end of the batch: runs to one receiver are joined to as few sends as the kernel's limits allow.
/// </summary>
/// <remarks>Where the send buffer is full the relay waits once per batch, for <see cref="LongestWaitMilliseconds"/> at the most, so that bursts wait in the
/// receive buffers; what does not fit then is dropped and counted.</remarks>
internal sealed class RelayOutput : IRelayOutput, IDisposable
{
    /// <summary>Longest time that a batch waits for room in the send buffer.</summary>
    public const int LongestWaitMilliseconds = 1;

    private const int MaxReceivers = 8; // held back at one time; the one that waits longest gives way

    private readonly SocketOutput _own;
    private readonly UdpJoinedRuns[] _held = [.. Enumerable.Range(0, MaxReceivers).Select(_ => new UdpJoinedRuns())];
    private UdpSocket _socket;
    private int _used; // of _held
    private int _oldest;
    private bool _waited;

    /// <summary>Sends over sockets, borrowed.</summary>
    /// <param name="first">For the relay's own datagrams, one for each IP version.</param>
    /// <param name="advertised">Where nodes reach the relay, for each of them.</param>
    /// <param name="streams">Clients over TLS; null: there are none.</param>
    public RelayOutput(ReadOnlySpan<UdpSocket> first, ReadOnlySpan<Endpoint> advertised, StreamClients? streams = null)
    {
        _socket = first[0];
        _own = new SocketOutput(first, advertised, streams);
    }

    /// <summary>Datagrams that the sockets did not take.</summary>
    public DropCounters<SendDrop> Drops => _own.Drops;

    /// <summary>Tells which run is being handled, and which socket received it.</summary>
    public void Handling(UdpSocket socket, in UdpRun run)
    {
        _socket = socket;
        _own.Handling(run);
    }

    /// <inheritdoc/>
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0) => _own.Send(to, run, datagramSize, ecn);

    /// <inheritdoc/>
    public void Forward(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn)
    {
        if (to.IsTcp)
        {
            _own.Send(to, run, datagramSize, ecn);
            return;
        }

        int longest = Math.Min(UdpSocket.MaximumSegments, UdpSocket.MaximumRun / datagramSize) * datagramSize;
        while (!run.IsEmpty)
        {
            ReadOnlySpan<byte> part = run[..Math.Min(longest, run.Length)];
            Hold(to, part, Math.Min(datagramSize, part.Length), ecn);
            run = run[part.Length..];
        }
    }

    /// <summary>Sends what is held back; the batch's memory may be overwritten then.</summary>
    public void EndBatch()
    {
        for (int i = 0; i < _used; i++)
        {
            SendHeld(_held[i]);
        }

        (_used, _oldest, _waited) = (0, 0, false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (UdpJoinedRuns runs in _held)
        {
            runs.Dispose();
        }
    }

    private UdpSocket SocketTo(in Endpoint to) => _socket.IsIpv4 == to.IsIpv4 ? _socket : _own.SocketTo(to);

    private void Hold(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn)
    {
        UdpJoinedRuns held = HeldFor(to);
        Endpoint from = _own.SourceTo(to);
        if (!held.TryAdd(to, run, datagramSize, ecn, from))
        {
            SendHeld(held);
            held.TryAdd(to, run, datagramSize, ecn, from);
        }
    }

    private UdpJoinedRuns HeldFor(in Endpoint to)
    {
        for (int i = 0; i < _used; i++)
        {
            if (_held[i].To == to)
            {
                return _held[i];
            }
        }

        if (_used < MaxReceivers)
        {
            return _held[_used++];
        }

        UdpJoinedRuns oldest = _held[_oldest];
        _oldest = (_oldest + 1) % MaxReceivers;
        SendHeld(oldest);
        return oldest;
    }

    private void SendHeld(UdpJoinedRuns runs)
    {
        if (runs.Count == 0)
        {
            return;
        }

        UdpSocket socket = SocketTo(runs.To);
        SendResult result = socket.Send(runs);
        if (result.Status == SendStatus.WouldBlock && !_waited)
        {
            _waited = true;
            result = socket.WaitWritable(LongestWaitMilliseconds) ? socket.Send(runs) : result;
        }

        if (runs.Count > 1 && IsSuperPacketRefused(result))
        {
            SendSingly(runs);
        }
        else if (result.Status != SendStatus.Sent)
        {
            Drops.Add(result.Reason(), runs.Count);
        }

        runs.Clear();
    }

    // EMSGSIZE, before Linux 6.14 EINVAL: above the MTU, though the shorter last one may pass. EIO: this device or route takes no super-packets.
    private static bool IsSuperPacketRefused(SendResult result) =>
        result.Status == SendStatus.TooBig || result is { Status: SendStatus.Failed, Errno: Libc.EINVAL or Libc.EIO };

    private void SendSingly(UdpJoinedRuns runs)
    {
        int tooBig = int.MaxValue; // the size that was refused: it need not be tried again
        for (int i = 0; i < runs.RunCount; i++)
        {
            ReadOnlySpan<byte> run = runs[i];
            for (int at = 0; at < run.Length; at += runs.DatagramSize)
            {
                ReadOnlySpan<byte> datagram = run.Slice(at, Math.Min(runs.DatagramSize, run.Length - at));
                SendResult result = datagram.Length >= tooBig
                    ? new SendResult(SendStatus.TooBig)
                    : SocketTo(runs.To).Send(runs.To, datagram, datagram.Length, runs.Tos, runs.From);
                if (result.Status == SendStatus.TooBig)
                {
                    tooBig = datagram.Length;
                }

                if (result.Status != SendStatus.Sent)
                {
                    Drops.Add(result.Reason());
                }
            }
        }
    }
}
