using System.Diagnostics;
using NTMobile.Microbench.Cpu;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.Microbench.Scale;

/// <summary>
/// Packets of 1,400 bytes between the hub's device and the peers', one session after another, both ways in turns. Only what the hub does is
/// timed: making packets and the peers' sealing are not.
/// </summary>
internal sealed class SpreadTraffic(ManySessions world)
{
    private const int PacketBytes = 1400;
    private const int Payload = PacketBytes - Ipv4.MinimumHeaderLength - Udp.HeaderLength;
    private const int Turn = 256;
    private const uint PeerDevice = Hub.DeviceAddress; // all LANs and their first devices look alike
    private readonly LoopState _out = new();
    private readonly LoopState _in = new();
    private readonly NoLan _lan = new();
    private readonly WireBuffer _sealedByHub = new();
    private readonly WireBuffer _sealedByPeers = new();
    private int _next;

    /// <summary>Gb/s of inner packets on one thread, both ways together.</summary>
    /// <param name="packets">How many each way at the least.</param>
    public double Gbps(int packets)
    {
        long ticks = 0, bytes = 0;
        for (var done = 0; done < packets; done += Turn)
        {
            var peers = Enumerable.Range(0, Turn).Select(i => world.Peers[(_next + i) % world.Peers.Count]).ToArray();
            _next += Turn;
            ticks += Send(peers) + Receive(peers);
            bytes += 2L * Turn * PacketBytes;
        }

        Assert.Equal(0, world.Hub.Waiting);
        return bytes * 8 / (ticks / (double)Stopwatch.Frequency) / 1e9;
    }

    private long Send(ManySessions.Peer[] peers)
    {
        var buffers = peers.Select(p => WithHeadroom(ManySessions.Packet(Hub.DeviceAddress, p.AsHubKnows, fromHub: true, Payload))).ToArray();
        _sealedByHub.Clear();
        var router = world.Hub.Node.Router;
        var begin = Stopwatch.GetTimestamp();
        foreach (var buffer in buffers)
        {
            var packet = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = PacketBytes };
            router.FromLan(ref packet, _out, _sealedByHub);
        }

        var end = Stopwatch.GetTimestamp();
        Assert.Equal(Turn, _sealedByHub.Datagrams.Count());
        return end - begin;
    }

    private long Receive(ManySessions.Peer[] peers)
    {
        _sealedByPeers.Clear();
        foreach (var peer in peers)
        {
            var buffer = WithHeadroom(ManySessions.Packet(PeerDevice, peer.HubDevice, fromHub: false, Payload));
            var packet = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = PacketBytes };
            peer.Router.Router.FromLan(ref packet, new LoopState(), _sealedByPeers);
        }

        var datagrams = _sealedByPeers.Datagrams.ToArray();
        var from = peers.Select(p => p.Router.Local).ToArray();
        Assert.Equal(Turn, datagrams.Length);
        var router = world.Hub.Node.Router;
        var frames = _lan.Taken;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < datagrams.Length; i++)
        {
            router.FromWire(new ReceivedRun(datagrams[i], datagrams[i].Length, in from[i], Hub.Uplink, 0), _in, _lan);
        }

        var end = Stopwatch.GetTimestamp();
        Assert.Equal(Turn, (int)(_lan.Taken - frames));
        return end - begin;
    }

    private static byte[] WithHeadroom(byte[] packet) => [.. new byte[LanPacket.Headroom], .. packet];
}
