using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.Security.Pccom;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>Two routers with an agreement to translate and one lane, filled in by hand.</summary>
internal sealed class TranslatedPair
{
    public const uint AliceAt = 0xCB00_7101;
    public const uint BobAt = 0xCB00_7102;
    public const ushort AlicePort = 61442;
    public const ushort BobPort = 61570;
    private const uint Flow = 2;
    private static readonly byte[] Share = new byte[32];

    /// <param name="pair">The routers, with their context.</param>
    /// <param name="protocol">The flow's protocol; from port 1000 of alice's device to port 7 of bob's.</param>
    /// <param name="enciphers">By PCCOM.</param>
    public TranslatedPair(RouterPair pair, byte protocol, bool enciphers = true)
    {
        Alice = Open(pair.Alice, AliceAt, BobAt, new LaneTerms(Flow, protocol, AlicePort, 1000, 7), BobPort, enciphers);
        Bob = Open(pair.Bob, BobAt, AliceAt, new LaneTerms(Flow, protocol, BobPort, 7, 1000), AlicePort, enciphers);
    }

    public Lane Alice { get; }

    public Lane Bob { get; }

    private static Lane Open(Side side, uint local, uint remote, LaneTerms terms, ushort remotePort, bool enciphers)
    {
        var keys = new TranslationKeys(Share, Share, side.Session.IsInitiator, enciphers);
        var path = new TranslatedPath(side.Session, 1, local, keys) { MaximumPacket = 1500 };
        var lane = new Lane(path, side.Context, in terms, Endpoint.FromIpv4(remote, remotePort)) { CanSend = true, IsFixed = true };
        side.Context.SetLane(in terms, lane);
        side.Tables.SetLane(lane);
        side.Session.Translation = path;
        return lane;
    }
}

/// <summary>A wire for translated packets that allocates nothing, and hands them over as a queue's batch.</summary>
internal sealed class PacketQueue : IDatagramSink
{
    private readonly byte[] _bytes = new byte[1 << 17];
    private readonly (int At, int Length)[] _packets = new (int, int)[64];
    private int _count;
    private int _used;
    private int _begun;

    /// <summary>Where they lie.</summary>
    public byte[] Memory => _bytes;

    /// <summary>All that wait; changes count.</summary>
    public IReadOnlyList<Memory<byte>> Packets => [.. _packets.Take(_count).Select(p => _bytes.AsMemory(p.At, p.Length))];

    /// <summary>Datagrams of the tunnel.</summary>
    public int Datagrams { get; private set; }

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        Datagrams++;
        return _bytes.AsSpan(_used, datagramSize);
    }

    public void EndRun(int bytes)
    {
    }

    public Span<byte> BeginPacket(int uplink, int length)
    {
        _begun = length;
        return _bytes.AsSpan(_used, length);
    }

    public void EndPacket()
    {
        _packets[_count++] = (_used, _begun);
        _used += _begun;
    }

    public void GiveTo(Side side, ILanSink lan)
    {
        for (var i = 0; i < _count; i++)
        {
            var run = new ReceivedRun(_bytes, _bytes.Length, default, 1, 0);
            Assert.True(side.Router.FromTranslated(in run, _packets[i].At, _packets[i].Length, false, side.FromWire, lan));
        }

        Router.EndTranslated(side.FromWire, lan);
        _count = _used = 0;
    }
}
