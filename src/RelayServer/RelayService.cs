using NTMobile.Packets;
using NTMobile.Security;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.RelayServer;

/// <summary>The role RS: relay slots for nodes that a DS directed to one another. Bytes and time in, datagrams out; no socket.</summary>
/// <remarks>
/// Three kinds of datagrams arrive: HandshakeInit for the relay itself (no path id), Control of a node's or a DS's session, and what a leg's
/// node sends to its partner, which is forwarded as ciphertext with the path changed in place. Not for use by several threads at once; the counters
/// may be read by any.
/// </remarks>
public sealed partial class RelayService
{
    private readonly RelayOptions _options;
    private readonly IDatagramOutput _output;
    private readonly TimeProvider _time;
    private readonly PassKeys _keys;
    private readonly PathTable _paths;
    private readonly Dictionary<string, RelayNode> _nodes = [];
    private readonly Dictionary<ulong, RelaySlotState> _slots = [];
    private long _now; // ms, read once per run

    /// <summary>Creates a relay with no slot.</summary>
    /// <param name="self">The relay's keys, and whom it trusts: nodes and DSs.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="output">Where datagrams go.</param>
    /// <param name="random">Randomness.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">Bounds of the sessions; the defaults if null.</param>
    public RelayService(ServerIdentity self, RelayOptions options, IDatagramOutput output, IRandom random, TimeProvider time, SessionLimits? limits = null)
    {
        _options = options;
        _output = output;
        _time = time;
        _keys = new PassKeys(time, options);
        _paths = new PathTable(random);
        Sessions = new ServerSessions(self, new Owner(this), output, _paths, random, time, limits);
    }

    /// <summary>The sessions of nodes and DSs.</summary>
    public ServerSessions Sessions { get; }

    /// <summary>What was forwarded, by datagram type.</summary>
    public RelayCounters Forwarded { get; } = new();

    /// <summary>What was not, by reason.</summary>
    public DropCounters<RelayDrop> Drops { get; } = new();

    /// <summary>Slots at this time.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>Each slot's totals.</summary>
    public IEnumerable<SlotStatus> Slots() => _slots.Values.Select(slot => new SlotStatus(
        slot.Id.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        slot.Legs[0]?.Node.Name,
        slot.Legs[1]?.Node.Name,
        slot.Legs.Sum(leg => leg?.Packets ?? 0),
        slot.Legs.Sum(leg => leg?.Bytes ?? 0)));

    /// <summary>Forgets sessions and slots that are too old; call it about once a second.</summary>
    public void Tick()
    {
        Sessions.Tick();
        long oldest = _time.Milliseconds() - (long)_options.SlotLife.TotalMilliseconds;
        foreach (RelaySlotState slot in _slots.Values.Where(slot => slot.LastHeard < oldest).ToList())
        {
            Remove(slot);
        }
    }

    /// <summary>Takes a run of datagrams of one size from one source, as the kernel's UDP_GRO gives them, or a single one.</summary>
    /// <param name="run">The datagrams one after another; changed in place.</param>
    /// <param name="datagramSize">Bytes of each; the last one may be shorter.</param>
    /// <param name="from">Their source.</param>
    /// <param name="ecn">ECN bits of their IP packets, 0–3.</param>
    public void ReceiveRun(Span<byte> run, int datagramSize, in Endpoint from, byte ecn = 0)
    {
        _now = _time.Milliseconds();
        RelayNode? target = null;
        int begin = 0;
        for (int at = 0; at < run.Length; at += datagramSize)
        {
            Span<byte> datagram = run.Slice(at, Math.Min(datagramSize, run.Length - at));
            RelayNode? next = Take(datagram, from);
            if (next != target)
            {
                Send(target, run[begin..at], datagramSize, ecn);
                target = next;
                begin = at;
            }
        }

        Send(target, run[begin..], datagramSize, ecn);
    }

    private void Send(RelayNode? target, ReadOnlySpan<byte> run, int datagramSize, byte ecn)
    {
        if (target?.Session is { } session && !run.IsEmpty)
        {
            _output.Send(session.Source, run, Math.Min(datagramSize, run.Length), ecn);
        }
    }

    /// <summary>Handles a datagram for the relay itself, or makes one ready to be forwarded.</summary>
    /// <returns>To whom it is to be forwarded, or null.</returns>
    private RelayNode? Take(Span<byte> datagram, in Endpoint from)
    {
        if (!DatagramHeader.TryRead(datagram, out DatagramHeader header))
        {
            Sessions.Drops.Add(SessionDrop.NotForServers);
        }
        else if (header.PathId.IsNone)
        {
            Sessions.ReceiveHandshake(datagram, from);
        }
        else if (!_paths.TryFind(header.PathId, out object? owner))
        {
            Sessions.Drops.Add(SessionDrop.UnknownPath);
        }
        else if (owner is RelayLeg leg)
        {
            return Forward(leg, header, datagram, from);
        }
        else
        {
            Sessions.Receive((ServerSession)owner, datagram, from);
        }

        return null;
    }

    private RelayNode? Forward(RelayLeg leg, DatagramHeader header, Span<byte> datagram, in Endpoint from)
    {
        if (leg.Node.Session is not { } session || session.Source != from)
        {
            Drops.Add(RelayDrop.WrongSource);
            return null;
        }

        if (datagram.Length < ShortestOf(header.Type))
        {
            Drops.Add(RelayDrop.NotRelayed);
            return null;
        }

        leg.Keep(header.Type, datagram);
        leg.LastUsed = _now;
        RelayLeg? partner = leg.Partner;
        if (partner?.Node.Session is null)
        {
            Drops.Add(partner is null ? RelayDrop.NoPartner : RelayDrop.PartnerAway);
            return null;
        }

        DatagramHeader.WritePathId(datagram, header.PathId.WithPathOf(partner.Terms.Receive));
        leg.Packets++;
        leg.Bytes += datagram.Length;
        Forwarded.Add(header.Type, datagram.Length);
        return partner.Node;
    }

    /// <summary>The least length of a datagram that two nodes send one another; a Punch is for NATs, not for relays.</summary>
    private static int ShortestOf(DatagramType type) => type switch
    {
        DatagramType.HandshakeInit or DatagramType.HandshakeResponse => HandshakeDatagram.HeaderSize + 1,
        DatagramType.Punch => int.MaxValue,
        _ => SealedDatagram.Overhead,
    };
}
