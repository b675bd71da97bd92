using System.Buffers.Binary;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Microbench.Scale;

/// <summary>One hub and many whole routers with a session each to it: registered at a real DS, real handshakes, paths found and measured.</summary>
internal sealed class ManySessions
{
    private const int AtOnce = 200; // first contacts at the same time; a node takes 256 invitations
    private const int LeastMtu = 1440; // a packet of 1,400 bytes with what the tunnel adds
    private const ushort PeerPort = 1000;
    private const ushort HubPort = 7;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private readonly MemoryWorld _world = new();
    private readonly List<Peer> _peers = [];

    public ManySessions(int sessions)
    {
        // A relay that one node may fill: the default bound is 256 slots.
        _world.Relay.Stop();
        _world.Relay.Options = new() { MaxSlotsPerNode = sessions + 1 };
        _world.Relay.Start();
        Hub = new Hub(_world, new SeededRandom(5));
        _world.RunInSteps(1, Step);
        while (_peers.Count < sessions)
        {
            AddPeers(Math.Min(AtOnce, sessions - _peers.Count));
        }

        Wait("direct at the hub", 20, () => Status().Peers.Count(p => p.Path is { IsRelay: false, Mtu: > LeastMtu }) == sessions);
    }

    public Hub Hub { get; }

    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>A UDP packet between the hub's device and a peer's.</summary>
    public static byte[] Packet(uint from, uint to, bool fromHub, int payload) =>
        Make.Udp(from, to, fromHub ? HubPort : PeerPort, fromHub ? PeerPort : HubPort, Make.Bytes(payload));

    private NodeStatus Status()
    {
        NodeStatus? status = null;
        Hub.Tell(new StatusRequested(s => status = s));
        return status!;
    }

    private void AddPeers(int count)
    {
        var routers = Enumerable.Range(_peers.Count, count).Select(i => _world.AddRouter($"p{i}", Preset.Cloud)).ToArray();
        var devices = routers.Select(r => r.AddDevice("box")).ToArray();
        var first = _peers.Count;
        Span<byte> number = stackalloc byte[4];
        Wait("registered", 10, () => routers.All(r => r.IsReady));
        Array.ForEach(devices, d => d.Ask(Hub.DeviceName));
        Wait("answered", 12, () => devices.All(d => d.Answers.Count > 0));
        var addresses = devices.Select(d => d.Answers[0].Address()).ToArray();
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, first + i);
            devices[i].SendUdp(addresses[i], PeerPort, HubPort, number);
        }

        Wait("heard", 10, () => Hub.Heard.Count == first + count);
        Wait("direct", 20, () => routers.All(r => r.Status.Peers is [{ Path: { IsRelay: false, Mtu: > LeastMtu } }]));
        _peers.AddRange(routers.Select((r, i) => new Peer(r, addresses[i], Hub.Heard[first + i])).ToArray());
        Array.ForEach(routers, _world.Still);
    }

    private void Wait(string what, double seconds, Func<bool> done)
    {
        for (var waited = 0.0; waited < seconds; waited += 0.25)
        {
            _world.RunInSteps(0.25, Step);
            if (done())
            {
                return;
            }
        }

        throw new InvalidOperationException($"after {_peers.Count} sessions: not {what} within {seconds} s");
    }

    /// <summary>A peer's router, the hub's device as its LAN knows it, and its device as the hub's LAN knows it.</summary>
    internal sealed record Peer(MemoryRouter Router, uint HubDevice, uint AsHubKnows);
}
