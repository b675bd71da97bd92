using System.Collections.Concurrent;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Sessions;

/// <summary>What a received path id stands for.</summary>
/// <param name="Session">The peer's session, once there is one; null for a relay leg that still waits for its handshake, and for servers.</param>
/// <param name="Owner">The control loop's own object behind it: a relay leg or a server link.</param>
internal sealed record ReceivePath(PeerSession? Session, object? Owner);

/// <summary>The tables that packet loops look into. Only the control loop writes; reading takes no lock.</summary>
internal sealed class RouterTables
{
    private readonly ConcurrentDictionary<int, ReceivePath> _paths = new();
    private readonly ConcurrentDictionary<ulong, FlowContext> _outbound = new();

    /// <summary>Counts changes of the path table, so that a packet loop may keep its last look-up.</summary>
    public int PathVersion => Volatile.Read(ref _pathVersion);

    private int _pathVersion;

    /// <summary>What a path id stands for; null: nothing.</summary>
    public ReceivePath? Path(PathId id) => _paths.GetValueOrDefault(id.Path);

    /// <summary>The context of a LAN packet, by its addresses; null: none.</summary>
    public FlowContext? Outbound(uint device, uint virtualAddress) =>
        _outbound.GetValueOrDefault(FlowContext.OutboundKey(device, virtualAddress));

    public bool TryAddPath(PathId id, ReceivePath path)
    {
        var added = _paths.TryAdd(id.Path, path);
        Interlocked.Increment(ref _pathVersion);
        return added;
    }

    public void SetPath(PathId id, ReceivePath? path)
    {
        if (path is null)
        {
            _paths.TryRemove(id.Path, out _);
        }
        else
        {
            _paths[id.Path] = path;
        }

        Interlocked.Increment(ref _pathVersion);
    }

    public void SetOutbound(FlowContext context) =>
        _outbound[FlowContext.OutboundKey(context.Local.Address, context.Virtual)] = context;

    /// <summary>Takes a context out, unless another took its place.</summary>
    public void RemoveOutbound(FlowContext context) =>
        _outbound.TryRemove(new(FlowContext.OutboundKey(context.Local.Address, context.Virtual), context));
}
