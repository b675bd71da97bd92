using System.Net;
using System.Net.Sockets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Enrolment;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using NTMobile.Wire.Identity;
using NTMobile.Wire.KeyServer;

namespace NTMobile.ServerHost.Tests;

/// <summary>A node that was enrolled over HTTPS and speaks to the DS and the RS over real UDP, from one socket.</summary>
internal sealed class LoopbackNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ReceivedFrames _received = new();
    private int _links;

    private LoopbackNode(NodeIdentity keys, EnrolmentToken token, EnrolAnswer provider)
    {
        (Keys, Token, Provider) = (keys, token, provider);
        Ds = NewLink(Endpoint.Parse(provider.DirectionServers[0].Endpoint), provider.DirectionServers[0].Key);
    }

    public NodeIdentity Keys { get; }

    public EnrolmentToken Token { get; }

    public EnrolAnswer Provider { get; }

    public string Name => Token.NodeName;

    public ServerLink Ds { get; private set; }

    public static async Task<LoopbackNode> EnrolAsync(EnrolmentToken token)
    {
        NodeIdentity keys = NodeIdentity.Create(SystemRandom.Instance);
        return new LoopbackNode(keys, token, await ProviderEnrolment.EnrolAsync(token, keys, CertificateRole.Node, null, default));
    }

    public ServerLink NewLink(Endpoint server, byte[] key) =>
        new(Keys, Provider.Certificate, server, key, SystemRandom.Instance, PathId.Of(0x1000 + ++_links));

    /// <summary>Brings a link up and confirms it.</summary>
    public async Task ConnectAsync(ServerLink link)
    {
        await _socket.SendAsync(link.BeginHandshake(), link.Server.ToIPEndPoint());
        while (!link.TryCompleteHandshake(await ReceiveAsync()))
        {
            // Something else that was on its way, for example a direction that the DS repeats.
        }

        await AskAsync<Ping, Pong>(link, new Ping(1));
    }

    public Task<RegistrationResponse> RegisterAsync(params string[] devices) => AskAsync<RegistrationRequest, RegistrationResponse>(
        Ds,
        new RegistrationRequest(
            1,
            NatMapping.EndpointIndependent,
            NatFiltering.AddressAndPortDependent,
            [],
            devices,
            BundleSignature.Create(Keys, Name, 1, 1, [], SystemRandom.Instance)));

    /// <summary>Sends a frame and waits for one of another type.</summary>
    public async Task<TAnswer> AskAsync<TFrame, TAnswer>(ServerLink link, TFrame frame)
        where TFrame : IFrame<TFrame>
    {
        await SendAsync(link, frame);
        return await WaitAsync<TAnswer>(link);
    }

    public async Task SendAsync<TFrame>(ServerLink link, TFrame frame)
        where TFrame : IFrame<TFrame>
    {
        foreach (byte[] datagram in link.Seal(new FrameBuilder().Append(in frame).Written))
        {
            await _socket.SendAsync(datagram, link.Server.ToIPEndPoint());
        }
    }

    /// <summary>Waits until the server has sent a frame.</summary>
    public async Task<TFrame> WaitAsync<TFrame>(ServerLink link)
    {
        TFrame? found;
        while (!_received.TryTake(out found))
        {
            byte[] datagram = await ReceiveAsync();
            if (link.Open(datagram, out ReadOnlySpan<byte> frames) == LinkReceived.Frames)
            {
                _received.Read(frames);
            }
        }

        return found!;
    }

    public Task SendRawAsync(byte[] datagram, Endpoint to) => _socket.SendAsync(datagram, to.ToIPEndPoint()).AsTask();

    public async Task<byte[]> ReceiveAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return (await _socket.ReceiveAsync(late.Token)).Buffer;
    }

    public void Dispose()
    {
        _socket.Dispose();
        Keys.Dispose();
    }
}
