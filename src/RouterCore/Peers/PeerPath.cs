using NTMobile.Packets;
using NTMobile.RouterCore.Servers;
using NTMobile.RouterCore.Sessions;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Peers;

/// <summary>One way to a peer: from an uplink to an address of the peer, or to a relay's leg.</summary>
internal sealed class PeerPath(Uplink uplink, Endpoint remote, RelayLeg? leg, PathId sendId)
{
    /// <summary>Smallest IPv4 packet that every host takes (RFC 791: 576) less IP and UDP header: the size until a probe proved more.</summary>
    public const int FirstSize = 548 - 28;

    private const int Ethernet = 1500;

    // What is behind a relay or a NAT64 may have the other IP version.
    private static readonly int[] Ipv4Sizes = [Ethernet - 48, 1420 - 28, 1280 - 28, 1124 - 28, 576 - 28];
    private static readonly int[] Ipv6Sizes = [1420 - 48, 1280 - 48, 1124 - 28, 576 - 28];
    private const int DeadAfterUnanswered = 5;
    private const int DeadAfterMs = 750;
    private const int OutlivedAfterUnanswered = 2;
    private const int OutlivedAfterMs = 300;
    private const int MaximumProbes = 32;
    private List<Probe>? _probes; // those that were not answered yet, null: none
    private long _waitingSinceMs;
    private long _answeredMs = long.MinValue / 2;

    public Uplink Uplink { get; } = uplink;

    public Endpoint Remote { get; } = remote;

    public RelayLeg? Leg { get; } = leg;

    public bool IsRelay => Leg is not null;

    /// <summary>The receiver's name for it: the relay's, or the peer's.</summary>
    public PathId SendId => Leg?.SendPath ?? sendId;

    public KnownSource Source { get; } = new(uplink.Number, remote);

    /// <summary>Whether the peer answered a challenge on it, and still does.</summary>
    public bool IsValid { get; private set; }

    /// <summary>Round trip of the last answered challenge in ms, or -1.</summary>
    public int RoundTripMs { get; private set; } = -1;

    public int MaximumDatagram { get; private set; } = FirstSize;

    public bool SizeKnown { get; private set; }

    /// <summary>Larger datagrams are being tried, so often and at these times; null: not now.</summary>
    public Retry? Sizing { get; private set; }

    /// <summary>Whether the largest datagram still passes is being asked; null: not now.</summary>
    public Retry? SizeCheck { get; private set; }

    /// <summary>Challenges since the last answer.</summary>
    public int Unanswered { get; private set; }

    public long LastProbeMs { get; private set; } = long.MinValue / 2;

    /// <summary>When it last showed that the peer is at its other end; 0: it never did.</summary>
    public long LastProvedMs => Math.Max(Source.LastHeardMs, _answeredMs);

    /// <summary>Sizes to try: the uplink's own first, then what tunnels and mobile networks leave.</summary>
    public IEnumerable<int> ProbeSizes
    {
        get
        {
            var own = Math.Min(Ethernet, Uplink.Mtu) - Uplink.HeaderLength;
            return (Remote.IsIpv4 ? Ipv4Sizes : Ipv6Sizes).Where(s => s < own).Prepend(own);
        }
    }

    public bool Is(int uplinkNumber, in Endpoint from) => Uplink.Number == uplinkNumber && Remote == from;

    /// <summary>Notes a challenge that goes out.</summary>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="size">UDP payload when it probes the size, else 0.</param>
    /// <param name="nowMs">Now.</param>
    public void Challenged(ulong nonce, int size, long nowMs)
    {
        if (_probes is null || _probes.Count > MaximumProbes)
        {
            _probes = new(1);
        }

        _probes.Add(new Probe(nonce, nowMs, size));
        if (size == 0) // a size that is too large says nothing about the path
        {
            LastProbeMs = nowMs;
            _waitingSinceMs = Unanswered == 0 ? nowMs : _waitingSinceMs;
            Unanswered++;
        }
    }

    /// <summary>Takes the answer to a challenge.</summary>
    /// <returns>False: not one of this path's.</returns>
    public bool Answered(ulong nonce, long nowMs)
    {
        var at = _probes?.FindIndex(p => p.Nonce == nonce) ?? -1;
        if (at < 0)
        {
            return false;
        }

        var probe = _probes![at];
        _probes.RemoveAt(at);
        _probes = _probes.Count == 0 ? null : _probes;

        IsValid = true;
        Unanswered = 0;
        _answeredMs = nowMs;
        RoundTripMs = (int)(nowMs - probe.SentMs);
        if (probe.Size > MaximumDatagram || probe.Size == ProbeSizes.First())
        {
            MaximumDatagram = Math.Max(MaximumDatagram, probe.Size);
        }

        SizeKnown |= probe.Size == ProbeSizes.First();
        SizeCheck = probe.Size >= MaximumDatagram ? null : SizeCheck;
        return true;
    }

    /// <summary>Whether so many challenges went unanswered for so long that the path must be dead; a long one has its time.</summary>
    public bool IsOverdue(long nowMs) =>
        Unanswered > DeadAfterUnanswered && nowMs - _waitingSinceMs >= Math.Max(DeadAfterMs, 3L * RoundTripMs);

    /// <summary>Whether another path, which was asked at the same times, has answered since this one gives no answer: then it is not the peer that is away.</summary>
    public bool IsOutlivedBy(PeerPath other, long nowMs) =>
        Unanswered > OutlivedAfterUnanswered && nowMs - _waitingSinceMs >= Math.Max(OutlivedAfterMs, 3L * RoundTripMs)
        && other.IsValid && other._answeredMs - other.RoundTripMs >= _waitingSinceMs;

    /// <summary>The handshake itself went both ways here.</summary>
    public void MarkValid() => IsValid = true;

    public void MarkDead() => IsValid = false;

    /// <summary>The peer may not be at its other end any more: only an answer to a challenge sent from now on shows that it is.</summary>
    public void Doubt() => (IsValid, _probes, Unanswered) = (false, null, 0);

    /// <summary>Larger probes had their time; what was proved is what the path carries.</summary>
    public void SettleSize()
    {
        SizeKnown = true;
        Sizing = null;
    }

    /// <summary>Larger datagrams are to be tried, if they are not already.</summary>
    public void BeginSizing() => Sizing ??= new Retry(150, 300, 3);

    /// <summary>A path may become narrower without a word: only datagrams of full size tell whether they still pass.</summary>
    public void BeginSizeCheck()
    {
        var pause = Math.Max(300, 2 * RoundTripMs);
        SizeCheck ??= new Retry(pause, pause, 5);
    }

    /// <summary>Nothing is known of its size any more: larger datagrams are to be tried from the smallest on.</summary>
    public void ForgetSize()
    {
        (MaximumDatagram, SizeKnown, SizeCheck) = (FirstSize, false, null);
        BeginSizing();
    }

    /// <summary>The kernel or the path refuses this size.</summary>
    public void LowerBelow(int size) => MaximumDatagram = Math.Max(FirstSize, Math.Min(MaximumDatagram, ProbeSizes.FirstOrDefault(s => s < size)));

    public override string ToString() => IsRelay ? $"relay {Uplink.Name} {Remote}" : $"direct {Uplink.Name} {Remote}";

    private readonly record struct Probe(ulong Nonce, long SentMs, int Size);
}
