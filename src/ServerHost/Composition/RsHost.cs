using System.Net;
using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;
using NTMobile.RelayServer.Egress;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.ServerHost.Sockets;
using NTMobile.ServerHost.Streams;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Composition;

/// <summary>The RS: its sockets, its thread, its status.</summary>
internal sealed class RsHost : IDisposable
{
    private readonly NodeIdentity _keys;
    private readonly RelayService _service;
    private readonly RelayOutput _output;
    private readonly RoleLoop _loop;
    private readonly EgressDevice? _internet;
    private readonly PublicPorts? _ports;
    private readonly TimeProvider _time;

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public RsHost(
        ServerConfig config, Advertised advertised, StreamClients streams, NodeIdentity keys, byte[] certificate, byte[] providerKey, ILogger logger,
        TimeProvider time)
    {
        _keys = keys;
        UdpSocket[][] groups = Listening.Both("rs.listen", config.Rs.Listen, config.Rs.Listen6, Listening.Relay);
        UdpSocket[] first = [.. groups.Select(group => group[0])];
        _output = new RelayOutput(first, [advertised.Rs, advertised.Rs6], streams);
        var self = new ServerIdentity(keys, certificate, providerKey, [CertificateRole.Node, CertificateRole.DirectionServer]);
        var options = new RelayOptions { MaxSlots = config.Rs.MaxSlots, MaxSlotsPerNode = config.Rs.MaxSlotsPerNode };
        _time = time;
        _internet = config.Rs.Egress is { } way ? new EgressDevice(way, config.Rs.Published, logger) : null;
        _ports = config.Rs.Published is null ? null : new PublicPorts(logger);
        _service = new RelayService(
            self, options, _output, SystemRandom.Instance, time, egress: _internet is null ? null : (OptionsOf(config.Rs.Egress!), _internet),
            publishing: _ports is null ? null : (OptionsOf(config.Rs.Published!), _ports));
        _loop = new RoleLoop("rs", [.. first, .. groups.SelectMany(group => group[1..])], new RsRole(_service, _output), new Lock(), logger, time, first.Length);
        Stream = new StreamRole(advertised.Rs.Port, _loop.Gate, TakeStream);
    }

    /// <summary>The RS as clients over TLS reach it.</summary>
    public StreamRole Stream { get; }

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        _loop.Start();
        if (_service.Egress is { } egress)
        {
            _internet!.Start(_loop.Gate, egress, _output, _time);
        }
    }

    /// <summary>The counters at this time.</summary>
    public RsStatus Status()
    {
        lock (_loop.Gate)
        {
            return new RsStatus
            {
                Listen = _loop.Local.ToString(),
                PublicKey = Convert.ToBase64String(_keys.Static.PublicKey),
                Sessions = _service.Sessions.Count,
                SlotCount = _service.SlotCount,
                PayloadPackets = _service.Forwarded.PayloadPackets,
                PayloadBytes = _service.Forwarded.PayloadBytes,
                Forwarded = StatusCounts.OfTypes(_service.Forwarded),
                Drops = StatusCounts.Sum(
                    StatusCounts.Of(_service.Sessions.Drops.NonZero()), StatusCounts.Of(_service.Drops.NonZero()),
                    StatusCounts.Of(_output.Drops.NonZero()), StatusCounts.Of(_loop)),
                Egress = _service.Egress is { } egress ? Status(egress) : null,
                Slots = [.. _service.Slots()],
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _internet?.Stop();
        _loop.Dispose();
        _ports?.Dispose(); // its rules go with the others
        _internet?.Dispose();
        _output.Dispose();
        Stream.Dispose();
    }

    private void TakeStream(Span<byte> run, int datagramSize, in Endpoint from)
    {
        _service.ReceiveRun(run, datagramSize, from);
        _output.EndBatch();
    }

    private EgressStatus Status(EgressService egress) => new()
    {
        Devices = egress.Devices,
        Published = egress.Publishing?.Count,
        PacketsOut = egress.PacketsOut,
        BytesOut = egress.BytesOut,
        PacketsIn = egress.PacketsIn,
        BytesIn = egress.BytesIn,
        Drops = StatusCounts.Sum(StatusCounts.Of(egress.Drops.NonZero()), new() { ["egressRefused"] = _internet!.Refused }),
    };

    private static EgressOptions OptionsOf(EgressConfig config)
    {
        IPNetwork pool = IPNetwork.Parse(config.Pool);
        return new EgressOptions
        {
            PoolBase = Endpoint.From(pool.BaseAddress, 0).Ipv4Address,
            PoolLength = pool.PrefixLength,
            Resolver = Endpoint.From(IPAddress.Parse(config.Resolver), 0).Ipv4Address,
            BytesPerNode = config.MegabitsPerNode * 1e6 / 8,
            BytesInAll = config.Megabits * 1e6 / 8,
        };
    }

    private static PublishingOptions OptionsOf(PublishedConfig config) => new()
    {
        Networks = [.. config.Addresses.Select(text => PublishedText.Network(text)!.Value)
            .Select(network => new PublicNetwork(Endpoint.From(network.BaseAddress, 0).Ipv4Address, (byte)network.PrefixLength))],
        Prefix6 = config.Prefix6 is null ? null : PublishedText.Prefix6(config.Prefix6),
        Reserved = [.. config.Reserved.Select(text => PublishedText.Ports(text)!.Value)],
        MaxDevicesPerNode = config.DevicesPerNode,
    };
}
