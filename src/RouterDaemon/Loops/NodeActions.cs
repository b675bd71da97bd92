using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>Does for the node what it decides: sockets, TUN device, store.</summary>
internal sealed class NodeActions(NodeHost host, UplinkSockets sockets, TunDevice tun, IRecordKeeper records) : IActions, IDisposable
{
    private readonly LoopState _state = new() { HaveWaited = true };
    private readonly WireSink _wire = new(sockets, host.Tell, host.CountDrops, patienceMs: 0);

    public void Send(int uplink, in Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (to.IsTcp)
        {
            sockets.Streams?.TrySend(uplink, in to, datagram, datagram.Length);
            return;
        }

        try
        {
            sockets[uplink]?.Send(to, datagram, datagram.Length);
        }
        catch (ObjectDisposedException)
        {
            // The uplink went away this moment; whoever sent will repeat it on another.
        }
    }

    public void SendPacket(int uplink, ReadOnlySpan<byte> packet)
    {
        if (_wire.BeginPacket(uplink, packet.Length) is { IsEmpty: false } room)
        {
            packet.CopyTo(room);
            _wire.EndPacket();
            _wire.Flush();
        }
    }

    public IReadOnlyList<Uplink> OpenSockets(Uplink uplink, int count) => sockets.Open(uplink, count);

    public void CloseSockets(IReadOnlyCollection<int> numbers) => sockets.Close(numbers);

    public void SendToLan(ReadOnlySpan<byte> packet) => tun.Write(default, packet);

    public void Forward(byte[] packet, PacketHints hints)
    {
        var buffer = new byte[LanPacket.Headroom + packet.Length];
        packet.CopyTo(buffer, LanPacket.Headroom);
        var lan = new LanPacket { Buffer = buffer, Start = LanPacket.Headroom, Length = packet.Length, Hints = hints };
        _state.NowMs = host.NowMs;
        host.Router?.FromLan(ref lan, _state, _wire);
        _wire.Flush();
    }

    public void Receive(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy) => sockets.Returned.Add(uplink, in from, datagram, givenBy);

    public void Save(VirtualLease lease) => records.Save(lease);

    public void Save(MoveRecord move) => records.Save(move);

    public void Dispose() => _wire.Dispose();
}

/// <summary>Keeps records for good, later and elsewhere.</summary>
internal interface IRecordKeeper
{
    void Save(VirtualLease lease);

    void Save(MoveRecord move);
}
