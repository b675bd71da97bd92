// From a device to an ordinary host: 1. opened under the node's keys; 2. the node's share; 3. the device's own address becomes one of the pool;
// 4. out to the kernel's translation.
// Back: 1. the pool's address names device and node; 2. the node's share; 3. the device's own address; 4. cut where it must be, sealed, to the node.
using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RelayServer.Publishing;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Security.Session;
using NTMobile.Wire;
using NTMobile.Wire.Frames;
using Suites = NTMobile.Wire.Frames.CipherSuites;

namespace NTMobile.RelayServer.Egress;

/// <summary>Takes packets of nodes' devices to ordinary hosts and their answers back. Pure as <see cref="RelayService"/>, which owns it.</summary>
public sealed partial class EgressService
{
    private const byte Congested = 3;
    private const int LargestDatagram = 1472; // UDP payload of an Ethernet packet over IPv4
    private readonly EgressOptions _options;
    private readonly IInternet _internet;
    private readonly IRelayOutput _output;
    private readonly PathTable _paths;
    private readonly IRandom _random;
    private readonly EgressPool _pool;
    private readonly HashSet<EgressNode> _nodes = [];
    private double _share;

    internal EgressService(
        EgressOptions options, IInternet internet, IRelayOutput output, PathTable paths, IRandom random, (PublishingOptions Options, IPublicPorts Ports)? publishing)
    {
        (_options, _internet, _output, _paths, _random) = (options, internet, output, paths, random);
        _pool = new EgressPool(options);
        _share = options.BytesInAll;
        Publishing = publishing is { } way ? new PublishingService(way.Options, way.Ports, _pool) : null;
    }

    /// <summary>Devices that ordinary hosts may reach; null: not offered.</summary>
    public PublishingService? Publishing { get; }

    /// <summary>Why packets went no further.</summary>
    public DropCounters<EgressDrop> Drops { get; } = new();

    /// <summary>Packets that went out to ordinary hosts.</summary>
    public long PacketsOut { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Packets that came back.</summary>
    public long PacketsIn { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Devices that have an address of the pool.</summary>
    public int Devices => _pool.Count;

    /// <summary>Answers a request of a node. A repeated one gets the same keys.</summary>
    internal void Ask(ServerSession session, RelayNode node, in EgressRequest request)
    {
        EgressNode egress = node.Egress ??= Add(node);
        EgressKeys keys = KeysFor(egress, request.Receive, session.Suite);
        if (request.Largest > 0)
        {
            keys.IsWithNode = true; // it got a grant of them
            egress.LargestDatagram = Math.Clamp((int)request.Largest, DatagramHeader.UnknownPathLimit, LargestDatagram);
        }

        int size = SealedDatagram.Overhead + FrameWriter.SizeOf(request);
        session.SendWhole(new EgressGrant(request.Request, keys.Receive, (Suites)Security.Session.CipherSuites.Bit(keys.Secure.Suite), keys.Secret, _options.Resolver)
            .OfDatagramSize(size));
    }

    /// <summary>Answers a request of a node to publish its devices; null: not now.</summary>
    internal PublishedPlace[]? Publish(RelayNode node, PublishedDevice[] devices, long now) =>
        Publishing is { } publishing ? publishing.Set(node.Egress ??= Add(node), devices, now) : NotPublished(devices);

    /// <summary>The answer where it is not offered.</summary>
    internal static PublishedPlace[] NotPublished(PublishedDevice[] devices) =>
        [.. Enumerable.Repeat(PublishedPlace.Refused(PublishResult.NotOffered), devices.Length)];

    /// <summary>Shares out anew among the nodes that were busy during the last second.</summary>
    internal void Tick(long now)
    {
        int busy = _nodes.Count(node => now - Math.Max(node.In.UsedAt, node.Out.UsedAt) < 1000);
        _share = _options.BytesInAll / Math.Max(1, busy);
        Publishing?.Tick(now);
    }

    /// <summary>Forgets a node.</summary>
    internal void Remove(EgressNode node, long now)
    {
        Publishing?.Leave(node, now);
        Release(node.Keys);
        Release(node.Next);
        _pool.Remove(node);
        _nodes.Remove(node);
    }

    /// <summary>A datagram of a node.</summary>
    internal void ToInternet(EgressKeys keys, Span<byte> datagram, in Endpoint from, byte ecn, long now)
    {
        if (TryTakeOut(keys, datagram, from, ecn, now) is { } reason)
        {
            Drops.Add(reason);
        }
    }

    private EgressNode Add(RelayNode node)
    {
        var egress = new EgressNode(node, _options);
        _nodes.Add(egress);
        return egress;
    }

    private EgressKeys KeysFor(EgressNode node, PathId send, CipherSuite suite)
    {
        if (new[] { node.Next, node.Keys }.FirstOrDefault(known => known?.Send == send) is { } same)
        {
            return same;
        }

        var secret = new byte[EgressGrant.KeySize];
        _random.Fill(secret);
        var keys = new EgressKeys(node, SecureSession.FromKey(secret, false, suite, _random), secret, send);
        keys.Receive = _paths.Allocate(keys);
        Release(node.Next);
        node.Next = keys;
        return keys;
    }

    private void Release(EgressKeys? keys)
    {
        if (keys is not null)
        {
            _paths.Release(keys.Receive);
            keys.Secure.Dispose();
        }
    }

    private EgressDrop? TryTakeOut(EgressKeys keys, Span<byte> datagram, in Endpoint from, byte ecn, long now)
    {
        EgressNode node = keys.Node;
        if (node.Node.Session is not { } session || session.Source != from)
        {
            return EgressDrop.EgressWrongSource;
        }

        if (datagram[0] != (byte)DatagramType.Egress || !keys.Secure.TryOpen(datagram, out OpenedDatagram opened, out _))
        {
            return EgressDrop.EgressNotOpened;
        }

        Confirm(keys);
        Span<byte> content = datagram.Slice(opened.Offset, opened.Length);
        if (!EgressHeader.TryRead(content, out EgressHeader header))
        {
            return EgressDrop.EgressMalformed;
        }

        Span<byte> packet = content[EgressHeader.Size..];
        if (packet[0] >> 4 == 6)
        {
            return TryTakeOutIpv6(node, packet, header.ChecksumPartial, ecn, now);
        }

        if (!Ipv4.TryRead(packet, out Ipv4 ip) || ip.TotalLength != packet.Length)
        {
            return EgressDrop.EgressMalformed;
        }

        if (!node.Out.TryTake(ip.TotalLength, _share, now))
        {
            return EgressDrop.EgressOverQuota;
        }

        if (ecn == Congested && !TryMark(packet))
        {
            return EgressDrop.EgressCongestionMarked;
        }

        return _pool.Get(node, ip.Source, now) is { } device ? Send(device, packet, header.ChecksumPartial) : EgressDrop.EgressPoolEmpty;
    }

    private EgressDrop? Send(EgressDevice device, Span<byte> packet, bool partial)
    {
        if (!Ipv4Translation.TryChange(packet, Ipv4.SourceAt, device.Pool, partial))
        {
            return EgressDrop.EgressMalformed;
        }

        PacketsOut++;
        BytesOut += packet.Length;
        _internet.Send(packet, partial ? TransportChecksum.WritePartial(packet) : 0);
        return null;
    }

    // The node uses the new keys, so it needs the former ones no more.
    private void Confirm(EgressKeys keys)
    {
        if (keys.Node.Next == keys)
        {
            Release(keys.Node.Keys);
            (keys.Node.Keys, keys.Node.Next) = (keys, null);
        }
    }

    // RFC 6040 §4.2.
    private static bool TryMark(Span<byte> packet)
    {
        if ((packet[Ipv4.TosAt] & Congested) == 0)
        {
            return false;
        }

        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[Ipv4.ChecksumAt..]);
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet);
        packet[Ipv4.TosAt] |= Congested;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[Ipv4.ChecksumAt..], Checksum.Update(checksum, before, BinaryPrimitives.ReadUInt16BigEndian(packet)));
        return true;
    }
}
