using System.Text;
using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Identity;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.Servers.Tests;

/// <summary>A node as a server sees it: a link, and what came over it.</summary>
internal sealed class TestNode
{
    private readonly Network _network;
    private readonly IRandom _random;

    public TestNode(Network network, Provider provider, IRandom random, string name, Endpoint at, CertificateRole role = CertificateRole.Node)
    {
        _network = network;
        _random = random;
        Name = name;
        At = at;
        (Keys, Certificate) = provider.Certify(name, role);
        Attach(at);
    }

    public string Name { get; }

    /// <summary>Where the node sends from.</summary>
    public Endpoint At { get; private set; }

    public NodeIdentity Keys { get; }

    public byte[] Certificate { get; set; }

    public ServerLink Link { get; private set; } = null!;

    /// <summary>Frames received, in order.</summary>
    public List<object> Received { get; } = [];

    /// <summary>Datagrams that are no control frames of the link.</summary>
    public List<byte[]> Others { get; } = [];

    /// <summary>Whether it answers PathChallenge.</summary>
    public bool AnswersChallenges { get; set; } = true;

    /// <summary>Brings a link up and confirms it with a Ping.</summary>
    public TestNode Connect(Endpoint server, ReadOnlySpan<byte> serverKey)
    {
        Link = NewLink(server, serverKey);
        byte[] init = Link.BeginHandshake();
        _network.Send(At, server, init);
        _network.Deliver();
        Assert.True(Link.IsUp, $"{Name} has no session");
        Send(new Ping(1));
        return this;
    }

    public ServerLink NewLink(Endpoint server, ReadOnlySpan<byte> serverKey) =>
        new(Keys, Certificate, server, serverKey.ToArray(), _random, PathId.Of(0x1234));

    /// <summary>Uses a link made by hand.</summary>
    public void Use(ServerLink link) => Link = link;

    public void Send<T>(in T frame)
        where T : IFrame<T>
    {
        SendOnly(in frame);
        _network.Deliver();
    }

    /// <summary>Sends a frame in one datagram, however long it gets.</summary>
    public void SendWhole<T>(in T frame)
        where T : IFrame<T>
    {
        _network.Send(At, Link.Server, Link.SealWhole(new FrameBuilder().Append(in frame).Written));
        _network.Deliver();
    }

    /// <summary>Sends a datagram to the server as it is.</summary>
    public void SendRaw(byte[] datagram)
    {
        _network.Send(At, Link.Server, datagram);
        _network.Deliver();
    }

    public void SendOnly<T>(in T frame)
        where T : IFrame<T>
    {
        foreach (byte[] datagram in Link.Seal(new FrameBuilder().Append(in frame).Written))
        {
            _network.Send(At, Link.Server, datagram);
        }
    }

    /// <summary>Moves to another address; nobody is told.</summary>
    public void MoveTo(Endpoint at)
    {
        At = at;
        Attach(at);
    }

    public T Last<T>() => Received.OfType<T>().Last();

    public T? LastOrNone<T>()
        where T : class => Received.OfType<T>().LastOrDefault();

    public byte[] Bundle(ulong serial = 1, string? name = null) => BundleSignature.Create(Keys, name ?? Name, serial, 1, [], _random);

    public RegistrationRequest Registration(uint request, params string[] devices) => new(
        request, NatMapping.EndpointIndependent, NatFiltering.AddressAndPortDependent,
        Where, devices, Bundle());

    /// <summary>Bytes that only a member of a group could read.</summary>
    public byte[] Where => Encoding.ASCII.GetBytes($"where {Name} is");

    private void Attach(Endpoint at) => _network.Attach(at, (datagram, from) => Receive(at, datagram, from));

    private void Receive(Endpoint at, byte[] datagram, Endpoint from)
    {
        if (at != At)
        {
            return; // an old address
        }

        if (datagram[0] == (byte)DatagramType.HandshakeResponse && Link?.TryCompleteHandshake(datagram) == true)
        {
            return;
        }

        bool own = datagram.Length >= DatagramHeader.Size && Link is not null && PathId.Read(datagram.AsSpan(1)).Path == Link.ReceivePath.Path;
        if (!own || Link!.Open(datagram, out ReadOnlySpan<byte> frames) is not LinkReceived.Frames)
        {
            if (!own)
            {
                Others.Add(datagram);
            }

            return;
        }

        var reader = new FrameReader(frames);
        while (reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body))
        {
            Take(type, body);
        }
    }

    private void Take(FrameType type, ReadOnlySpan<byte> body)
    {
        object? frame = type switch
        {
            FrameType.Pong => Read<Pong>(body),
            FrameType.PathChallenge => Read<PathChallenge>(body),
            FrameType.PathResponse => Read<PathResponse>(body),
            FrameType.RegistrationResponse => Read<RegistrationResponse>(body),
            FrameType.RouteDirection => Read<RouteDirection>(body),
            FrameType.DirectionRefusal => Read<DirectionRefusal>(body),
            FrameType.PrekeyOfferAck => Read<PrekeyOfferAck>(body),
            FrameType.RelayKeyAck => Read<RelayKeyAck>(body),
            FrameType.RelayJoined => Read<RelayJoined>(body),
            FrameType.RelayRefused => Read<RelayRefused>(body),
            FrameType.EgressGrant => Read<EgressGrant>(body),
            FrameType.EgressRefused => Read<EgressRefused>(body),
            FrameType.PublishResponse => Read<PublishResponse>(body),
            FrameType.PublishedNamesAck => Read<PublishedNamesAck>(body),
            _ => null,
        };
        if (frame is null)
        {
            return;
        }

        Received.Add(frame);
        if (frame is PathChallenge challenge && AnswersChallenges)
        {
            SendOnly(new PathResponse(challenge.Nonce, Link.Server));
        }
    }

    private static object? Read<T>(ReadOnlySpan<byte> body)
        where T : IFrame<T> => T.TryRead(body, out T? frame) ? frame : null;
}
