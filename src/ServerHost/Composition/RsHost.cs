using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.ServerHost.Sockets;
using NTMobile.ServerHost.Streams;

namespace NTMobile.ServerHost.Composition;

/// <summary>The RS: its sockets, its thread, its status.</summary>
internal sealed class RsHost : IDisposable
{
    private readonly NodeIdentity _keys;
    private readonly RelayService _service;
    private readonly RelayOutput _output;
    private readonly RoleLoop _loop;

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public RsHost(
        ServerConfig config, Endpoint advertised, StreamClients streams, NodeIdentity keys, byte[] certificate, byte[] providerKey, ILogger logger,
        TimeProvider time)
    {
        _keys = keys;
        UdpSocket[] sockets = Listening.Relay("rs.listen", config.Rs.Listen);
        _output = new RelayOutput(sockets[0], advertised, streams);
        var self = new ServerIdentity(keys, certificate, providerKey, [CertificateRole.Node, CertificateRole.DirectionServer]);
        var options = new RelayOptions { MaxSlots = config.Rs.MaxSlots, MaxSlotsPerNode = config.Rs.MaxSlotsPerNode };
        _service = new RelayService(self, options, _output, SystemRandom.Instance, time);
        _loop = new RoleLoop("rs", sockets, new RsRole(_service, _output), new Lock(), logger, time);
        Stream = new StreamRole(advertised.Port, _loop.Gate, TakeStream);
    }

    /// <summary>The RS as clients over TLS reach it.</summary>
    public StreamRole Stream { get; }

    /// <summary>Starts the thread.</summary>
    public void Start() => _loop.Start();

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
                Slots = [.. _service.Slots()],
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loop.Dispose();
        _output.Dispose();
        Stream.Dispose();
    }

    private void TakeStream(Span<byte> run, int datagramSize, in Endpoint from)
    {
        _service.ReceiveRun(run, datagramSize, from);
        _output.EndBatch();
    }
}
