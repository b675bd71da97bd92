using NTMobile.RouterCore;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>Sends runs of sealed datagrams one by one.</summary>
internal sealed class MemoryWireSink(MemoryRouter router) : IDatagramSink
{
    private readonly byte[] _room = new byte[65536];
    private PathTarget _target;
    private int _size;
    private int _packetLength;

    public Span<byte> BeginRun(in PathTarget to, int datagramSize, int count)
    {
        (_target, _size) = (to, datagramSize);
        return _room.AsSpan(0, datagramSize * Math.Min(count, _room.Length / datagramSize));
    }

    public Span<byte> BeginPacket(int uplink, int length)
    {
        (_target, _packetLength) = (new PathTarget(uplink, default, 0), length);
        return _room.AsSpan(0, length);
    }

    public void EndPacket() => router.SendPacket(_target.Uplink, _room.AsSpan(0, _packetLength));

    public void EndRun(int bytes)
    {
        for (var at = 0; at < bytes; at += _size)
        {
            router.Send(_target.Uplink, _target.Remote, _room.AsSpan(at, Math.Min(_size, bytes - at)));
        }
    }
}
