using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Groups;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Peers.Lanes;
using NTMobile.RouterCore.Peers.Punching;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Security;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore;

/// <summary>What all parts of the control path share. Used only by the thread that steps the node.</summary>
internal sealed class NodeContext(NodeSettings settings, TimeProvider time, IRandom random, RouterTables tables)
{
    private uint _number;
    private DeviceBook? _devices;
    private StandInBook? _standIns;
    private PublishDesk? _publishing;

    public NodeSettings Settings { get; } = settings;

    /// <summary>Our certificate by the provider as it is now, DER.</summary>
    public byte[] Certificate { get; set; } = settings.Certificate;

    public IRandom Random { get; } = random;

    public RouterTables Tables { get; } = tables;

    public GroupBook Groups { get; } = new();

    public DeviceBook Devices => _devices ??= new(StandIns);

    public StandInBook StandIns => _standIns ??= new(Tables.StandIns, Flows);

    public FlowBook Flows { get; } = new();

    /// <summary>When who of peers, invitations and relay legs is to be called.</summary>
    public Agenda Agenda { get; } = new();

    /// <summary>Handshakes that wait for something, by rendezvous id.</summary>
    public Dictionary<ulong, IHandshakeOwner> Handshakes { get; } = [];

    /// <summary>The uplinks now, the preferred one first.</summary>
    public IReadOnlyList<Uplink> Uplinks { get; set; } = [];

    /// <summary>The uplinks' own addresses: where peers may look for us.</summary>
    public IEnumerable<Candidate> HostCandidates => Uplinks.Where(u => u.Nat64 is null).Select(u => new Candidate(CandidateKind.Host, u.Local));

    /// <summary>Questions to STUN servers.</summary>
    public StunClient Stun { get; } = new(random);

    /// <summary>Where STUN may be asked: the DS, by IPv4 where there is a way, since that is where NATs are. None: there is no DS, or no way to it.</summary>
    public Endpoint? StunServer => Direction is { } ds
        ? new[] { ds.Endpoint, ds.Other }.Where(e => !e.IsNone && UplinkFor(in e) is not null).OrderBy(e => e.IsIpv4 ? 0 : 1).Select(e => (Endpoint?)e).FirstOrDefault()
        : null;

    /// <summary>The DS that is used; null: none.</summary>
    public ServerAddress? Direction { get; set; } = settings.DirectionServers is [var first, ..] ? first : null;

    /// <summary>How the NAT in front maps, and where IPv4 servers see us; unknown and none after a change until they have answered.</summary>
    public (NatMapping Mapping, Endpoint Seen) Nat { get; set; }

    /// <summary>Where gateways map our sockets to, as they say.</summary>
    public IReadOnlyList<Endpoint> Mapped { get; set; } = [];

    /// <summary>What sessions have open to get through hard NATs.</summary>
    public PunchDesk Punching { get; } = new(tables);

    /// <summary>What ordinary hosts may reach here.</summary>
    public PublishDesk Publishing => _publishing ??= new(this);

    /// <summary>What may be translated, and the ports for it.</summary>
    public LaneDesk Lanes { get; } = new(tables);

    /// <summary>Our one-time keys.</summary>
    public PrekeyDesk Prekeys { get; } = new(settings.Identity, random);

    /// <summary>Set for the time of one step.</summary>
    public IActions Act { get; set; } = null!;

    /// <summary>Milliseconds of a monotonic clock.</summary>
    public long NowMs => time.GetTimestamp() / (time.TimestampFrequency / 1000);

    /// <summary>The wall clock, which may be wrong: for people and for certificate expiry only.</summary>
    public DateTimeOffset WallClock => time.GetUtcNow();

    /// <summary>A number for a request.</summary>
    public uint NextNumber() => ++_number;

    public ulong RandomNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        Random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A random path id that names nothing here yet, entered into the table.</summary>
    public PathId NewReceivePath(ReceivePath path)
    {
        while (true)
        {
            var id = PathId.FromRandom((uint)RandomNumber());
            if (!id.IsNone && Tables.TryAddPath(id, path))
            {
                return id;
            }
        }
    }

    /// <summary>Sends an IPv4 packet of the router's own, an ICMP error, to a device; one of IPv6 gets it as ICMPv6.</summary>
    /// <param name="error">The whole packet.</param>
    /// <param name="remote">The virtual address to which the quoted packet was to go.</param>
    public void SendErrorToLan(byte[] error, UInt128 remote)
    {
        Ipv4.TryRead(error, out var ip);
        var device = StandIns.Address(ip.Destination);
        var packet = StandInTable.IsStandIn(ip.Destination)
            ? StandIns.Own.Count > 0 ? Ipv6Errors.Translate(error, StandIns.Own[0], new Ipv6Pair(device, remote)) : null
            : error;
        if (packet is not null)
        {
            Act.SendToLan(packet);
        }
    }

    /// <summary>Sends over the preferred uplink that speaks the target's IP version; nothing when there is none.</summary>
    public bool TrySend(in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (UplinkFor(in to) is not { } uplink)
        {
            return false;
        }

        Act.Send(uplink.Number, in to, datagram);
        return true;
    }

    /// <summary>The uplink, or the further socket, with this number; null: it is gone.</summary>
    public Uplink? Socket(int number) => Uplinks.FirstOrDefault(u => u.Number == number) ?? Punching.Socket(number);

    /// <summary>Whether a path's socket can still send from where it did.</summary>
    public bool IsUp(Uplink socket) => Uplinks.Any(u => u.Number == socket.Owner && u.Local.Address == socket.Local.Address);

    /// <summary>Of a server's endpoints the one that the preferred uplink speaks.</summary>
    public Endpoint Door(in Endpoint server, in Endpoint other)
    {
        foreach (var uplink in Uplinks)
        {
            if (uplink.Local.IsIpv4 == server.IsIpv4)
            {
                return server;
            }

            if (!other.IsNone && uplink.Local.IsIpv4 == other.IsIpv4)
            {
                return other;
            }
        }

        return server;
    }

    public Uplink? UplinkFor(in Endpoint to)
    {
        foreach (var uplink in Uplinks)
        {
            if (uplink.Local.IsIpv4 == to.IsIpv4)
            {
                return uplink;
            }
        }

        return null;
    }
}

/// <summary>Repeats something after growing pauses until it is answered.</summary>
internal sealed class Retry(long firstPauseMs, long longestPauseMs, int tries)
{
    private int _done;
    private long _pause = firstPauseMs;

    /// <summary>When it is due next.</summary>
    public long DueMs { get; private set; }

    /// <summary>Whether tries are left.</summary>
    public bool HasTries => _done < tries;

    /// <summary>Whether all tries were made and the last pause is over.</summary>
    public bool IsOver(long nowMs) => _done >= tries && nowMs >= DueMs;

    /// <summary>Whether to act now; counts the try.</summary>
    public bool IsDue(long nowMs)
    {
        if (_done >= tries || nowMs < DueMs)
        {
            return false;
        }

        _done++;
        DueMs = nowMs + _pause;
        _pause = Math.Min(_pause * 2, longestPauseMs);
        return true;
    }
}
