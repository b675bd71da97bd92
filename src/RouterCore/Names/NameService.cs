using NTMobile.Packets;
using NTMobile.RouterCore.Dns;
using NTMobile.RouterCore.Peers;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Names;

/// <summary>
/// What LAN devices ask for by name or by virtual address: DNS queries for names in the NTM zone, and packets to virtual addresses that have no
/// context yet. Both end in the same wish towards a peer.
/// </summary>
internal sealed class NameService(NodeContext node, PeerBook peers, LeaseBook leases, Staging staging)
{
    private const uint TimeToLive = 5;
    private const uint PublishedTimeToLive = 30; // as at the DS
    private const int MaximumRefusals = 100;
    private const int MaximumQueries = 256;
    private const int MaximumRefused = 1024;
    private const int AskAgainMs = 2000;
    private readonly Dictionary<(uint Device, string Name), List<DnsPacket>> _queries = [];
    private readonly HashSet<ulong> _wanted = [];
    private readonly Dictionary<ulong, long> _refusedMs = [];
    private readonly NameFinder _finder = new(node, peers.Directions, leases);

    /// <summary>The last refusals, newest last.</summary>
    public List<Refusal> Refusals { get; } = [];

    /// <summary>A query whose name lies in the zone.</summary>
    public DropReason OnQuery(byte[] packet)
    {
        if (DnsPacket.Read(packet) is not { Message.Question: { } question } query)
        {
            return DropReason.MalformedPacket;
        }

        var message = query.Message;
        if (ReverseName.IsReverse(question.Name))
        {
            AnswerReverse(query, question);
        }
        else if (!TrySplit(question.Name, out var label, out var router))
        {
            Reply(query, message.Reply(DnsResponseCode.NameError));
        }
        else if (router == node.Settings.Name)
        {
            AnswerOwn(query, label);
        }
        else if (question.Type == DnsType.A || (question.Type == DnsType.Aaaa && node.StandIns.Own.Count > 0))
        {
            Ask(query, RemoteName.Of(label, question.Type == DnsType.Aaaa), router);
        }
        else
        {
            Reply(query, message.Reply(DnsResponseCode.NoError));
        }

        return DropReason.None;
    }

    /// <summary>An IPv6 packet to a virtual address: from now on something stands for its addresses, if they are known.</summary>
    public DropReason OnHeld(Ipv6Held held)
    {
        if (!Ipv6.TryRead(held.Packet, out var ip))
        {
            return DropReason.MalformedPacket;
        }

        if (node.Tables.StandIns.Virtual(ip.Destination) == 0)
        {
            return _finder.OnHeld(held, ip.Destination);
        }

        if (node.StandIns.Get(ip.Source) == 0)
        {
            return node.StandIns.Own.Contains(ip.Source) ? DropReason.OwnAddress : DropReason.StagingFull;
        }

        node.Act.Forward(held.Packet, held.Hints);
        return DropReason.None;
    }

    /// <summary>A peer of no common group asked for us; it was told nothing.</summary>
    public void NoteStranger(string peer) => Note(new Refusal(node.WallClock, peer, "", WantOutcome.NoCommonGroup));

    /// <summary>A packet to a virtual address that could not go on.</summary>
    public DropReason OnHeld(PacketHeld held)
    {
        if (!Ipv4.TryRead(held.Packet, out var ip))
        {
            return DropReason.MalformedPacket;
        }

        var (device, address) = (ip.Source, ip.Destination);
        if (leases.ByAddress(address) is not { } lease)
        {
            Tell(held.Packet, Icmp.DestinationUnreachable, IcmpMessages.HostUnreachable, 0);
            return DropReason.UnknownVirtualAddress;
        }

        if (WasJustRefused(device, address))
        {
            return DropReason.NoPath;
        }

        if (!staging.Hold(device, address, held))
        {
            return DropReason.StagingFull;
        }

        var context = node.Tables.Outbound(device, address);
        if (context is { Accepted: true, IsClosed: false, Session.Active: { } path })
        {
            staging.Release(device, address, path); // it became ready meanwhile
        }
        else if (context is null && _wanted.Add(FlowContext.OutboundKey(device, address)))
        {
            Want(device, lease.Device, lease.Peer, static () => { }, outcome => OnHeldOutcome(device, lease, outcome));
            peers.Get(lease.Peer).OnPacketHeld();
        }

        return DropReason.None;
    }

    /// <summary>Sends an ICMP error to the device that sent a packet.</summary>
    public void Tell(ReadOnlySpan<byte> packet, byte type, byte code, int mtu)
    {
        if (IcmpMessages.Error(node.Settings.LanAddress, packet, type, code, mtu) is { } error)
        {
            Ipv4.TryReadQuoted(packet, out var ip);
            var remote = leases.ByAddress(ip.Destination) is { } lease ? RemoteName.Address(lease.Peer, lease.Device) : 0;
            node.SendErrorToLan(error, remote);
        }
    }

    // A device that goes on sending does not make us ask the DS again with every packet.
    private bool WasJustRefused(uint device, uint address)
    {
        var key = FlowContext.OutboundKey(device, address);
        if (_refusedMs.TryGetValue(key, out var atMs) && node.NowMs - atMs < AskAgainMs)
        {
            return node.Tables.Outbound(device, address) is null;
        }

        _refusedMs.Remove(key);
        return false;
    }

    private void OnHeldOutcome(uint device, VirtualLease lease, WantOutcome outcome)
    {
        var key = FlowContext.OutboundKey(device, lease.Address);
        _wanted.Remove(key);
        if (outcome == WantOutcome.Ready)
        {
            return;
        }

        if (_refusedMs.Count >= MaximumRefused)
        {
            _refusedMs.Clear();
        }

        _refusedMs[key] = node.NowMs;

        var code = outcome is WantOutcome.NotShared or WantOutcome.NoCommonGroup
            ? IcmpMessages.AdministrativelyProhibited
            : IcmpMessages.HostUnreachable;
        foreach (var packet in staging.Discard(device, lease.Address).Take(1))
        {
            Tell(packet, Icmp.DestinationUnreachable, code, 0);
        }

        Note($"{RemoteName.Label(lease.Device)}.{lease.Peer}", device, outcome);
    }

    // Whose a virtual address is; of one that this router gave to nobody, nothing.
    private void AnswerReverse(DnsPacket query, DnsQuestion question)
    {
        var lease = ReverseName.TryReadIpv4(question.Name, out var address) ? leases.ByAddress(address)
            : ReverseName.TryReadIpv6(question.Name, out var address6) ? leases.ByAddress(node.Tables.StandIns.Virtual(address6))
            : null;
        var reply = query.Message.Reply(lease is null ? DnsResponseCode.NameError : DnsResponseCode.NoError);
        Reply(query, lease is not null && question.Type is DnsType.Ptr
            ? With(reply, new PtrRecord($"{RemoteName.Label(lease.Device)}.{lease.Peer}"))
            : reply);
    }

    private void AnswerOwn(DnsPacket query, string label)
    {
        var reply = query.Message.Reply(node.Devices.Has(label) ? DnsResponseCode.NoError : DnsResponseCode.NameError);
        DnsRecordData? data = query.Message.Question!.Type switch
        {
            DnsType.A when node.Devices.Ipv4(label) is { } address => new ARecord(address),
            DnsType.Aaaa when node.Devices.Ipv6(label) is { } address => new AaaaRecord(address),
            _ => null,
        };
        Reply(query, data is null ? reply : With(reply, data));
    }

    private void Ask(DnsPacket query, string label, string router)
    {
        var device = query.From.IsIpv4 ? query.From.Ipv4Address : node.StandIns.Get(query.From.Address);
        if (device == 0)
        {
            Reply(query, Explained(query, WantOutcome.TooMany));
            return;
        }

        var name = $"{label}.{router}";
        var key = (device, name);
        if (_queries.TryGetValue(key, out var waiting))
        {
            if (waiting.Count < 8)
            {
                waiting.Add(query); // the device repeats itself; one wish is enough
            }

            return;
        }

        if (_queries.Count >= MaximumQueries)
        {
            Reply(query, Explained(query, WantOutcome.TooMany));
            return;
        }

        _queries[key] = [query];
        Want(device, label, router, () => AnswerAll(key, label, router, WantOutcome.Ready), outcome => OnOutcome(key, label, router, outcome));
    }

    // What this LAN may not reach through the tunnel, all the Internet may, if it is published: then so may this LAN, in the same way.
    private void OnOutcome((uint Device, string Name) key, string label, string router, WantOutcome outcome)
    {
        var name = $"{RemoteName.Label(label)}.{router}";
        if (outcome is WantOutcome.NoSuchName or WantOutcome.NoCommonGroup or WantOutcome.NotShared && _queries.ContainsKey(key))
        {
            peers.Directions.AskPublished(name, published =>
            {
                if (published.IsPublished)
                {
                    AnswerPublished(key, published);
                    return;
                }

                AnswerAll(key, label, router, outcome);
                Note(name, key.Device, outcome);
            });
            return;
        }

        AnswerAll(key, label, router, outcome);
        Note(name, key.Device, outcome);
    }

    private void AnswerPublished((uint Device, string Name) key, PublishedAddress published)
    {
        if (!_queries.Remove(key, out var waiting))
        {
            return;
        }

        foreach (var query in waiting)
        {
            DnsRecordData? data = query.Message.Question!.Type == DnsType.Aaaa
                ? published.Ipv6 == 0 ? null : new AaaaRecord(published.Ipv6)
                : published.Ipv4 == 0 ? null : new ARecord(published.Ipv4);
            var reply = query.Message.Reply(DnsResponseCode.NoError);
            Reply(query, data is null ? reply : With(reply, data, PublishedTimeToLive));
        }
    }

    private void Want(uint device, string label, string router, Action routed, Action<WantOutcome> done) =>
        peers.Get(router).Want(new Want(node.Devices.ByAddress(device, RemoteName.IsIpv6(label)), label, routed, done));

    private void AnswerAll((uint Device, string Name) key, string label, string router, WantOutcome outcome)
    {
        if (!_queries.Remove(key, out var waiting))
        {
            return;
        }

        var lease = outcome == WantOutcome.Ready ? leases.Get(router, label) : null;
        foreach (var query in waiting)
        {
            Reply(query, lease is not null
                ? With(query.Message.Reply(DnsResponseCode.NoError), Address(lease))
                : Explained(query, outcome == WantOutcome.Ready ? WantOutcome.TooMany : outcome));
        }
    }

    private static DnsRecordData Address(VirtualLease lease) =>
        RemoteName.IsIpv6(lease.Device) ? new AaaaRecord(RemoteName.Address(lease.Peer, lease.Device)) : new ARecord(lease.Address);

    private static DnsMessage With(DnsMessage reply, DnsRecordData data, uint timeToLive = TimeToLive) => reply with
    {
        Answers = [new DnsRecord(reply.Question!.AskedName, timeToLive, data)],
    };

    // docs/protocol.md §4: what a LAN device is told, and why (RFC 8914).
    private static DnsMessage Explained(DnsPacket query, WantOutcome outcome) => outcome switch
    {
        WantOutcome.NoSuchName => query.Message.Reply(DnsResponseCode.NameError),
        WantOutcome.NoCommonGroup => query.Message.Reply(DnsResponseCode.NameError)
            .Explain(DnsExtendedErrorCode.Prohibited, "no group in common with that router"),
        WantOutcome.NotShared => query.Message.Reply(DnsResponseCode.NameError)
            .Explain(DnsExtendedErrorCode.Prohibited, "the device is not shared with this router's group"),
        WantOutcome.NotRegistered => query.Message.Reply(DnsResponseCode.ServerFailure)
            .Explain(DnsExtendedErrorCode.NoReachableAuthority, "that router is away"),
        WantOutcome.Unreachable => query.Message.Reply(DnsResponseCode.ServerFailure)
            .Explain(DnsExtendedErrorCode.NoReachableAuthority, "that router does not answer on any path"),
        WantOutcome.NoDirectionServer => query.Message.Reply(DnsResponseCode.ServerFailure)
            .Explain(DnsExtendedErrorCode.NoReachableAuthority, "the direction server does not answer"),
        _ => query.Message.Reply(DnsResponseCode.ServerFailure)
            .Explain(DnsExtendedErrorCode.Other, "too many requests or no virtual address left"),
    };

    private void Reply(DnsPacket query, DnsMessage reply)
    {
        Span<byte> packet = stackalloc byte[DnsPacket.LongestReply];
        node.Act.SendToLan(packet[..query.WriteReply(reply, packet)]);
    }

    // device.router.zone: exactly one label for the device and one for the router.
    private bool TrySplit(string name, out string label, out string router)
    {
        (label, router) = ("", "");
        var zone = "." + node.Settings.Zone;
        if (!name.EndsWith(zone, StringComparison.Ordinal) || name[..^zone.Length].Split('.') is not [var device, var host])
        {
            return false;
        }

        (label, router) = (device, host + zone);
        return label.Length > 0 && host.Length > 0;
    }

    private void Note(string name, uint device, WantOutcome outcome)
    {
        if (outcome == WantOutcome.Ready)
        {
            return;
        }

        Note(new Refusal(node.WallClock, name, node.Devices.ByAddress(device).Label, outcome));
    }

    private void Note(Refusal refusal)
    {
        Refusals.Add(refusal);
        if (Refusals.Count > MaximumRefusals)
        {
            Refusals.RemoveAt(0);
        }
    }
}

/// <summary>A device could not get what it asked for.</summary>
/// <param name="At">When.</param>
/// <param name="Name">What it asked for, or the peer that asked for us.</param>
/// <param name="Device">The asking device's label.</param>
/// <param name="Outcome">Why not.</param>
internal sealed record Refusal(DateTimeOffset At, string Name, string Device, WantOutcome Outcome);
