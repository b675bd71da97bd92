// Answers of ordinary hosts: 1. the kernel's translation routes them to the TUN device; 2. a batch is read; 3. under the role's gate each is sealed
// into its place and given to the output; 4. the output sends, and the places are free again.
using System.Net;
using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RelayServer.Egress;
using NTMobile.Security.Channel;
using NTMobile.ServerHost.Configuration;

namespace NTMobile.ServerHost.Sockets;

/// <summary>The RS's TUN device towards ordinary hosts, the kernel's translation behind it, and the thread that reads what comes back.</summary>
internal sealed class EgressDevice : IInternet, IDisposable
{
    private const string Name = "ntm-out";
    private const int BatchSize = 32;

    // Larger than any way to a node: what does not fit there is cut, or its sender told, by who knows the node.
    private const int Mtu = 1500;
    private readonly TunDevice _tun;
    private readonly EventFd _wake = new();
    private readonly NativeBuffer _frame = new(TunDevice.MaximumFrame);
    private readonly NativeBuffer _datagrams = new(EgressService.DatagramRoom);
    private readonly ILogger _logger;
    private Thread? _thread;
    private volatile bool _stopping;

    /// <summary>Makes the device and puts rules and routes in place.</summary>
    /// <param name="config">How.</param>
    /// <param name="published">How ordinary hosts reach devices, see <see cref="PublicPorts"/>; null: they do not.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="StartException">The kernel refused.</exception>
    public EgressDevice(EgressConfig config, PublishedConfig? published, ILogger logger)
    {
        _logger = logger;
        try
        {
            _tun = new TunDevice(Name, readsSuperPackets: false);
            SetUp(config, published);
        }
        catch (Exception refused) when (refused is LinuxException or RuleSetException or IOException or UnauthorizedAccessException)
        {
            _tun?.Dispose();
            throw new StartException($"rs.egress: {refused.Message}");
        }
    }

    /// <summary>Packets that the kernel did not take.</summary>
    public long Refused { get; private set; }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet, int checksumAt)
    {
        VirtioNetHeader virtio = checksumAt == 0 ? default : VirtioNetHeader.Partial(packet[0] >> 4 == 6 ? Ipv6.HeaderLength : (packet[0] & 0x0F) * 4, checksumAt);
        if (_tun.Write(virtio, packet) != 0)
        {
            Refused++;
        }
    }

    /// <summary>Begins to read what comes back.</summary>
    /// <param name="gate">The role's.</param>
    /// <param name="service">Takes the packets.</param>
    /// <param name="output">Sends what comes of a batch.</param>
    /// <param name="time">The clock.</param>
    public void Start(Lock gate, EgressService service, RelayOutput output, TimeProvider time)
    {
        _thread = new Thread(() => Run(gate, service, output, time)) { Name = "rs-egress", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Reads no more; the role may still send.</summary>
    public void Stop()
    {
        _stopping = true;
        _wake.Signal();
        _thread?.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        try
        {
            EgressRules.Remove();
        }
        catch (RuleSetException refused)
        {
            ServerLog.RulesStay(_logger, refused.Message);
        }

        _tun.Dispose();
        _wake.Dispose();
        _frame.Dispose();
        _datagrams.Dispose();
    }

    private void SetUp(EgressConfig config, PublishedConfig? published)
    {
        IPNetwork pool = IPNetwork.Parse(config.Pool);
        IPNetwork? prefix6 = published?.Prefix6 is { } text ? IPNetwork.Parse(text) : null;
        bool forwarded = !Sysctl.Set("net/ipv4/ip_forward", "1");
        bool forwarded6 = prefix6 is null || !Ipv6Forwarding.Enable();
        EgressRules.Install(new EgressRulesOptions
        {
            TunName = Name,
            Pool = pool,
            PublicAddress = config.Address is null ? null : IPAddress.Parse(config.Address),
            Resolver = IPAddress.Parse(config.Resolver),
            Denied = [.. config.Denied.Select(IPNetwork.Parse)],
            Publishes = published is not null,
            Prefix6 = prefix6,
            ForwardsNothingElse6 = !forwarded6,
            ForwardsNothingElse = !forwarded,
        });
        QuietIpv6(isUsed: prefix6 is not null);
        using var editor = new RouteEditor();
        editor.SetLink(_tun.Index, isUp: true, mtu: Mtu);
        editor.SetRoute(new NTMobile.Linux.Route(pool) { LinkIndex = _tun.Index });
        if (prefix6 is { } prefix)
        {
            editor.SetRoute(new NTMobile.Linux.Route(prefix) { LinkIndex = _tun.Index });
        }
    }

    // The kernel would look for neighbours and routers there; without an address of its own it cannot (addr_gen_mode none).
    private static void QuietIpv6(bool isUsed)
    {
        Sysctl.Set($"net/ipv6/conf/{Name}/disable_ipv6", isUsed ? "0" : "1");
        if (isUsed)
        {
            Sysctl.Set($"net/ipv6/conf/{Name}/addr_gen_mode", "1");
        }
    }

    private void Run(Lock gate, EgressService service, RelayOutput output, TimeProvider time)
    {
        while (!_stopping)
        {
            try
            {
                if (Poller.WaitReadable(_tun.Descriptor, 1000, _wake.Descriptor))
                {
                    Batch(gate, service, output, time);
                }
            }
#pragma warning disable CA1031 // whatever it is, the role goes on
            catch (Exception error)
#pragma warning restore CA1031
            {
                ServerLog.RoleFailed(_logger, "rs-egress", error);
            }
        }
    }

    private void Batch(Lock gate, EgressService service, RelayOutput output, TimeProvider time)
    {
        lock (gate)
        {
            long now = time.Milliseconds();
            int used = 0;
            for (int i = 0; i < BatchSize && used < EgressService.DatagramRoom / 2 && _tun.Read(_frame.Span) is > VirtioNetHeader.Length and var length; i++)
            {
                used += Take(service, length, _datagrams.Span[used..], now);
            }

            output.EndBatch();
        }
    }

    // The byte before the packet is the virtio header's last, which has been read by then.
    private int Take(EgressService service, int length, Span<byte> datagrams, long now)
    {
        bool partial = (_frame.Span[0] & VirtioNetHeader.NeedsChecksum) != 0;
        return service.FromInternet(_frame.Span[(VirtioNetHeader.Length - EgressService.Headroom)..length], partial, datagrams, now);
    }
}
