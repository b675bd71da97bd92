using System.Net;
using System.Net.Sockets;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RelayServer.Publishing;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The kernel's translation from public ports to devices. A thread of its own puts it in place: <c>nft</c> takes milliseconds, for which no role should wait.</summary>
internal sealed class PublicPorts : IPublicPorts, IDisposable
{
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private IReadOnlyList<PublicPort>? _wanted; // the newest alone counts
    private long _number; // of the newest
    private long _done; // of the newest that is in force
    private long _failed;
    private volatile bool _stopping;

    public PublicPorts(ILogger logger)
    {
        _logger = logger;
        _thread = new Thread(Run) { Name = "rs-published", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool IsFree(uint address, in PublishedPorts ports)
    {
        for (int port = ports.First; port <= ports.Last; port++)
        {
            if (IsServed(address, ports.Protocol, port))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public long Translate(IReadOnlyList<PublicPort> ports)
    {
        lock (_gate)
        {
            _wanted = ports;
            _number++;
        }

        _wake.Set();
        return _number;
    }

    /// <inheritdoc/>
    public bool? IsInForce(long number)
    {
        lock (_gate)
        {
            return number <= _done ? true : number <= _failed ? false : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    // Whoever listens at the port, at this address or at all, is in the way of a socket that is bound to it. An address that is no
    // interface's but routed to this machine is nobody's.
    private static bool IsServed(uint address, byte protocol, int port)
    {
        bool tcp = protocol == IpProtocol.Tcp;
        using var probe = new Socket(AddressFamily.InterNetwork, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            probe.Bind(new IPEndPoint(ToAddress(address), port));
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode != SocketError.AddressNotAvailable;
        }
    }

    // What could not be done is tried again: a port that nobody has any more must not stay open.
    private void Run()
    {
        bool isBehind = false;
        while (true)
        {
            _wake.WaitOne(isBehind ? TryAgain : Timeout.InfiniteTimeSpan);
            if (_stopping)
            {
                return;
            }

            isBehind = !TryPutNewest();
        }
    }

    private bool TryPutNewest()
    {
        IReadOnlyList<PublicPort>? wanted;
        long number;
        lock (_gate)
        {
            (wanted, number) = (_wanted, _number);
        }

        bool done = wanted is null || TryPut(wanted);
        lock (_gate)
        {
            (_done, _failed) = done ? (number, _failed) : (_done, number);
        }

        return done;
    }

    private bool TryPut(IReadOnlyList<PublicPort> wanted)
    {
        try
        {
            EgressRules.Publish(
                [.. wanted.Select(one => new PublishedRange(ToAddress(one.Address), one.Ports.Protocol, one.Ports.First, one.Ports.Last, ToAddress(one.Pool)))]);
            return true;
        }
        catch (RuleSetException refused)
        {
            ServerLog.PublishingFailed(_logger, refused.Message);
            return false;
        }
    }

    private static IPAddress ToAddress(uint address) => Endpoint.FromIpv4(address, 0).ToIPAddress();
}
