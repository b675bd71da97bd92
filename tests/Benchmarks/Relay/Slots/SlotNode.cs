using System.Diagnostics;
using System.Net.Sockets;
using NTMobile.Lab;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.ServerHost.Tests;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;
using PingFrame = NTMobile.Wire.Frames.Ping;

namespace NTMobile.Benchmarks;

/// <summary>A node with one socket on a host of the laboratory: enrolled, registered at the DS, joined to a relay slot.</summary>
internal sealed class SlotNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly NodeIdentity _keys;
    private readonly byte[] _certificate;
    private readonly ReceivedFrames _received = new();
    private ServerLink? _relay;
    private int _links;

    private SlotNode(Host host, NodeIdentity keys, string name, byte[] certificate)
    {
        (_keys, Name, _certificate) = (keys, name, certificate);
        Socket = host.RunInside(() => new UdpSocket(new UdpSocketOptions(Endpoint.From(host.Address, 0))));
    }

    /// <summary>Its name in full.</summary>
    public string Name { get; }

    /// <summary>The socket, which belongs to the node; bytes of the load may be sent and received while nobody asks anything.</summary>
    public UdpSocket Socket { get; }

    /// <summary>Enrols by a token, and registers.</summary>
    public static async Task<SlotNode> EnrolAsync(Host host, string tokenText)
    {
        if (!EnrolmentToken.TryParse(tokenText, out var token, out var why))
        {
            throw new LabException($"the token cannot be read: {why}");
        }

        var keys = NodeIdentity.Create(SystemRandom.Instance);
        var provider = await ProviderEnrolment.EnrolAsync(token, keys, CertificateRole.Node, Connect, default).ConfigureAwait(false);
        var node = new SlotNode(host, keys, token.NodeName, provider.Certificate);
        var ds = node.Up(Endpoint.Parse(provider.DirectionServers[0].Endpoint), provider.DirectionServers[0].Key);
        node.Ask<RegistrationRequest, RegistrationResponse>(ds, new(
            1, NatMapping.EndpointIndependent, NatFiltering.EndpointIndependent, [], [],
            BundleSignature.Create(keys, node.Name, 1, 1, [], SystemRandom.Instance)));
        node.Ds = ds;
        return node;

        ValueTask<Stream> Connect(System.Net.DnsEndPoint server, CancellationToken cancel) => ValueTask.FromResult<Stream>(host.RunInside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(System.Net.IPAddress.Parse(server.Host), server.Port);
            return new NetworkStream(socket, ownsSocket: true);
        }));
    }

    /// <summary>The session with the DS.</summary>
    public ServerLink Ds { get; private set; } = null!;

    /// <summary>Asks the DS for a slot shared with another node; both then have their pass.</summary>
    public static (RelaySlot Asker, RelaySlot Asked) Meet(SlotNode asker, SlotNode asked)
    {
        var here = asker.Ask<DirectionRequest, RouteDirection>(asker.Ds, new(1, asked.Name));
        var there = asked.Wait<RouteDirection>(asked.Ds);
        asked.Send(asked.Ds, new RouteDirectionAck(there.RendezvousId));
        return here.RelaySlot is { } one && there.RelaySlot is { } other ? (one, other) : throw new LabException("the DS gave no relay slot");
    }

    /// <summary>Joins a slot.</summary>
    /// <param name="slot">As the DS gave it.</param>
    /// <param name="send">Path id of what the node sends.</param>
    /// <param name="receive">Path id of what it receives.</param>
    public void Join(RelaySlot slot, PathId send, PathId receive)
    {
        _relay = Up(slot.Relay.Endpoint, slot.Relay.PublicKey);
        Ask<RelayJoin, RelayJoined>(_relay, new(1, slot.Pass, send, receive));
    }

    /// <summary>Shows the relay that the node lives.</summary>
    public void Ping() => Ask<PingFrame, Pong>(_relay!, new(2));

    /// <summary>Asks for a sign of the relay; false when none came within a tenth of a second.</summary>
    public bool TryPing()
    {
        Send(_relay!, new PingFrame(3));
        var came = TryAwait(_relay!, () => _received.TryTake<Pong>(out _), TimeSpan.FromMilliseconds(100));
        _received.Clear();
        return came;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        _keys.Dispose();
    }

    private ServerLink Up(Endpoint server, byte[] key)
    {
        var link = new ServerLink(_keys, _certificate, server, key, SystemRandom.Instance, PathId.Of(0x1000 + ++_links));
        var init = link.BeginHandshake();
        Socket.Send(server, init, init.Length);
        Await(link, () => link.IsUp);
        Ask<PingFrame, Pong>(link, new(1));
        return link;
    }

    private TAnswer Ask<TFrame, TAnswer>(ServerLink link, TFrame frame)
        where TFrame : IFrame<TFrame>
    {
        Send(link, frame);
        return Wait<TAnswer>(link);
    }

    private void Send<TFrame>(ServerLink link, TFrame frame)
        where TFrame : IFrame<TFrame>
    {
        foreach (var datagram in link.Seal(new FrameBuilder().Append(in frame).Written))
        {
            Socket.Send(link.Server, datagram, datagram.Length);
        }
    }

    private TFrame Wait<TFrame>(ServerLink link)
    {
        TFrame? found = default;
        Await(link, () => _received.TryTake(out found));
        return found!;
    }

    private void Await(ServerLink link, Func<bool> happened)
    {
        if (!TryAwait(link, happened, Patience))
        {
            throw new LabException($"{Name} got no answer from {link.Server}");
        }
    }

    private bool TryAwait(ServerLink link, Func<bool> happened, TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        while (!happened())
        {
            if (waited.Elapsed > patience)
            {
                return false;
            }

            for (int i = 0, count = Socket.Receive(20); i < count; i++)
            {
                Take(link, Socket[i].Bytes);
            }
        }

        return true;
    }

    private void Take(ServerLink link, Span<byte> datagram)
    {
        if (link.IsShaking && link.TryCompleteHandshake(datagram))
        {
            return;
        }

        if (link.IsUp && link.Open(datagram, out var frames) == LinkReceived.Frames)
        {
            _received.Read(frames);
        }
    }
}
