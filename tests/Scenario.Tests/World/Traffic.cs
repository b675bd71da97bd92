using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Scenario.Tests.Parties;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Numbered UDP packets from one device to another at a steady pace, and what of them arrived.</summary>
internal sealed class Traffic
{
    private const ushort Discard = 9;
    private static ushort _lastPort = 20_000;
    private readonly MemoryWorld _world;
    private readonly Device _from;
    private readonly Device _at;
    private readonly uint _to;
    private readonly TimeSpan _pause;
    private readonly int _length;
    private readonly ushort _toPort;
    private readonly List<long> _sentMs = [];
    private bool _isOn = true;

    /// <param name="world">Where.</param>
    /// <param name="from">Who sends.</param>
    /// <param name="to">The address it sends to.</param>
    /// <param name="at">Who should get it.</param>
    /// <param name="everyMs">Pause between two packets.</param>
    /// <param name="length">Bytes of each, at least four.</param>
    /// <param name="answers">Port of the traffic to which this one answers.</param>
    public Traffic(MemoryWorld world, Device from, uint to, Device at, double everyMs = 20, int length = 100, ushort? answers = null)
    {
        (_world, _from, _to, _at, _length) = (world, from, to, at, length);
        (Port, _toPort) = answers is { } port ? (Discard, port) : (++_lastPort, Discard);
        _pause = TimeSpan.FromMilliseconds(everyMs);
        Next();
    }

    /// <summary>Its source port.</summary>
    public ushort Port { get; }

    public int Sent => _sentMs.Count;

    /// <summary>Numbers in the order of their arrival.</summary>
    public IReadOnlyList<int> Arrived => [.. Arrivals.Select(Number)];

    public int Lost => Sent - Arrived.Distinct().Count();

    private IEnumerable<Arrival> Arrivals => _at.Arrivals.Where(a => a.Protocol == IpProtocol.Udp && a.SourcePort == Port && a.DestinationPort == _toPort);

    public void Stop() => _isOn = false;

    public void AssertAtMostOnce() => Assert.Equal(Arrived.Count, Arrived.Distinct().Count());

    /// <summary>Packets sent since a moment that never came.</summary>
    public int LostSince(long ms) => LostBetween(ms, long.MaxValue);

    public int LostBetween(long fromMs, long toMs)
    {
        var arrived = Arrived.ToHashSet();
        return Enumerable.Range(0, Sent).Count(n => _sentMs[n] >= fromMs && _sentMs[n] < toMs && !arrived.Contains(n));
    }

    /// <summary>The longest time without an arrival that began at or after a moment, the time until now included.</summary>
    public long LongestGapSince(long ms)
    {
        long longest = 0, last = ms;
        foreach (var at in Arrivals.Select(a => a.AtMs).Where(at => at >= ms).Append(_world.Clock.NowMs))
        {
            longest = Math.Max(longest, at - last);
            last = at;
        }

        return longest;
    }

    /// <summary>How long after a moment the first packet sent after it came; -1: none yet.</summary>
    public long FirstAfter(long ms) =>
        Arrivals.Where(a => _sentMs[Number(a)] >= ms).Select(a => a.AtMs - ms).FirstOrDefault(-1);

    private static int Number(Arrival arrival) => BinaryPrimitives.ReadInt32BigEndian(arrival.Payload);

    private void Next()
    {
        if (!_isOn)
        {
            return;
        }

        var payload = new byte[_length];
        BinaryPrimitives.WriteInt32BigEndian(payload, _sentMs.Count);
        _sentMs.Add(_world.Clock.NowMs);
        _from.SendUdp(_to, Port, _toPort, payload);
        _world.Clock.After(_pause, Next);
    }
}
