using NTMobile.Packets;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Sessions;

/// <summary>Where a session's packets go now. Published whole by the control loop; packet loops read it once per packet.</summary>
/// <param name="uplink">Number of the uplink.</param>
/// <param name="remote">Peer or relay.</param>
/// <param name="pathId">The receiver's (or the relay's) name for it.</param>
/// <param name="maximumDatagram">Largest UDP payload the path carries, in bytes.</param>
internal sealed class SendPath(int uplink, Endpoint remote, PathId pathId, int maximumDatagram)
{
    /// <summary>UDP payload of an Ethernet packet over IPv4.</summary>
    private const int LargestAssumed = 1500 - 28;

    private long _budget = long.MaxValue;

    public int Uplink { get; } = uplink;

    public Endpoint Remote { get; } = remote;

    public PathId PathId { get; } = pathId;

    public int MaximumDatagram { get; } = maximumDatagram;

    /// <summary>Largest UDP payload the path may turn out to carry: bounds what TCP announces for the whole life of a connection.</summary>
    public int LargestDatagram => SizeKnown ? MaximumDatagram : Math.Max(MaximumDatagram, LargestAssumed);

    /// <summary>The same place as a source, so that most packets in need no search; null: it is none yet.</summary>
    public KnownSource? Source { get; init; }

    /// <summary>Whether <see cref="MaximumDatagram"/> was proved by a probe; before that, packets that do not fit wait.</summary>
    public bool SizeKnown { get; init; }

    /// <summary>Whether a packet, with its IPv4 header, can be sent now: those that may turn out too long wait until the size is known.</summary>
    public bool Takes(ReadOnlySpan<byte> packet) =>
        SizeKnown || packet.Length + DataFullHeader.Size + SealedDatagram.Overhead <= MaximumDatagram
        || (Ipv4.TryRead(packet, out var ip) && ip is { Protocol: IpProtocol.Tcp, IsFragment: false });

    /// <summary>
    /// Bytes that may still go to an address which has not answered a challenge: three times what came from there
    /// (protocol: Move). Unlimited once validated.
    /// </summary>
    public long Budget
    {
        get => Interlocked.Read(ref _budget);
        init => _budget = value;
    }

    /// <summary>Takes bytes out of the budget; false when it is spent.</summary>
    public bool Spend(int bytes) => _budget == long.MaxValue || Interlocked.Add(ref _budget, -bytes) >= 0;

    /// <summary>Adds to a limited budget: three times the bytes received.</summary>
    public void Earn(int received)
    {
        if (_budget != long.MaxValue)
        {
            Interlocked.Add(ref _budget, 3L * received);
        }
    }
}
