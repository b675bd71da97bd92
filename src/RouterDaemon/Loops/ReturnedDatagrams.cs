using System.Collections.Concurrent;
using NTMobile.RouterCore;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>Datagrams that came before the control loop knew their session, on their way back to the receive thread. A few at the most wait.</summary>
internal sealed class ReturnedDatagrams
{
    private const int Bound = 64;
    private readonly ConcurrentQueue<(int Uplink, Endpoint From, byte[] Datagram, LoopState? GivenBy)> _waiting = new();

    /// <summary>Called when something waits.</summary>
    public Action Wake { get; set; } = static () => { };

    /// <summary>Whether something waits for <see cref="Deliver"/>.</summary>
    public bool Any => !_waiting.IsEmpty;

    /// <summary>Gives a datagram back; one too many is lost, as on any full line.</summary>
    public void Add(int uplink, in Endpoint from, byte[] datagram, LoopState? givenBy)
    {
        if (_waiting.Count >= Bound)
        {
            givenBy?.HasGone();
            return;
        }

        var pinned = GC.AllocateUninitializedArray<byte>(datagram.Length, pinned: true); // frames point into it
        datagram.CopyTo(pinned, 0);
        _waiting.Enqueue((uplink, from, pinned, givenBy));
        Wake();
    }

    /// <summary>Gives all to the router. Receive thread only.</summary>
    /// <param name="router">Null: they are lost.</param>
    /// <param name="state">The receive thread's state.</param>
    /// <param name="lan">Takes packets for LAN devices.</param>
    public void Deliver(Router? router, LoopState state, ILanSink lan)
    {
        state.HaveWaited = true;
        while (_waiting.TryDequeue(out var datagram))
        {
            router?.FromWire(new ReceivedRun(datagram.Datagram, datagram.Datagram.Length, in datagram.From, datagram.Uplink, 0), state, lan);
            datagram.GivenBy?.HasGone();
        }

        state.HaveWaited = false;
    }
}
