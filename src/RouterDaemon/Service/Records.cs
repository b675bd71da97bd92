using System.Threading.Channels;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;
using NTMobile.Storage;
using NTMobile.Storage.Tables;

namespace NTMobile.RouterDaemon.Service;

/// <summary>Writes what the node wants kept, on a worker of its own: the control loop never waits for the disk.</summary>
internal sealed class Records : IRecordKeeper, IAsyncDisposable
{
    private readonly StoreFile _store;
    private readonly DaemonLog _log;
    private readonly Channel<Action> _work = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _worker;

    public Records(StoreFile store, DaemonLog log)
    {
        _store = store;
        _log = log;
        _worker = Task.Run(WorkAsync);
    }

    public void Save(RouterCore.VirtualLease lease) => _work.Writer.TryWrite(() => _store.VirtualLeases.Put(
        new Storage.Tables.VirtualLease(lease.Peer, lease.Device, Endpoint.FromIpv4(lease.Address, 0).ToIPAddress(), lease.LastUsed)));

    public void Save(MoveRecord move)
    {
        _log.Moved(move.Peer, move.Cause, move.From, move.To, move.GapMs, move.Lost);
        _work.Writer.TryWrite(() => _store.Handovers.Add(new Handover(move.At, move.Peer, move.Cause, move.GapMs, move.Lost)));
    }

    /// <summary>Leases as the node takes them.</summary>
    public LeasesLoaded Leases() => new(
        [.. _store.VirtualLeases.All.ToArray().Select(l => new RouterCore.VirtualLease(l.Peer, l.Device, Endpoint.From(l.Address, 0).Ipv4Address, l.LastUsed))]);

    public async ValueTask DisposeAsync()
    {
        _work.Writer.Complete();
        await _worker.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is StoreException or IOException or InvalidOperationException)
            {
                _log.StoreFailed(e);
            }
        }
    }
}
