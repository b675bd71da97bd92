using NTMobile.NetfilterBridge;
using NTMobile.RelayServer;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Configuration;
using NTMobile.ServerHost.Control;
using NTMobile.ServerHost.Sockets;

namespace NTMobile.ServerHost.Composition;

/// <summary>The RS: its socket, its thread, its status.</summary>
internal sealed class RsHost : IDisposable
{
    private readonly NodeIdentity _keys;
    private readonly RelayService _service;
    private readonly SocketOutput _output;
    private readonly RoleLoop _loop;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="StartException">It cannot be opened.</exception>
    public RsHost(ServerConfig config, Endpoint advertised, NodeIdentity keys, byte[] certificate, byte[] providerKey, ILogger logger, TimeProvider time)
    {
        _keys = keys;
        UdpSocket socket = Listening.Udp("rs.listen", config.Rs.Listen);
        _output = new SocketOutput(socket, advertised);
        var self = new ServerIdentity(keys, certificate, providerKey, [CertificateRole.Node, CertificateRole.DirectionServer]);
        var options = new RelayOptions { MaxSlots = config.Rs.MaxSlots, MaxSlotsPerNode = config.Rs.MaxSlotsPerNode };
        _service = new RelayService(self, options, _output, SystemRandom.Instance, time);
        _loop = new RoleLoop("rs", socket, new RsRole(_service, _output), new Lock(), logger, time);
    }

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
                Drops = StatusCounts.Drops(_service.Sessions.Drops, _service.Drops.NonZero(), _output.Dropped, _loop.Failures),
                Slots = [.. _service.Slots()],
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();
}
