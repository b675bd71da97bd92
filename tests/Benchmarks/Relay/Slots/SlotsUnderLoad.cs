using NTMobile.Lab;
using NTMobile.Lab.Product;
using NTMobile.Wire;

namespace NTMobile.Benchmarks;

/// <summary>Flows through slots of the product's RS: each between two nodes of its own, with passes that the DS gave.</summary>
internal sealed class SlotsUnderLoad : IRelayUnderLoad
{
    private readonly ProductWorld _world;
    private readonly List<SlotNode> _nodes = [];
    private readonly List<LoadFlow> _flows = [];
    private long _counted;

    private SlotsUnderLoad(ProductWorld world) => _world = world;

    /// <inheritdoc/>
    public string Key => "ntm";

    /// <inheritdoc/>
    public string Title => "ntm-server, role rs, through joined slots";

    /// <inheritdoc/>
    public IReadOnlyList<LoadFlow> Flows => _flows;

    /// <inheritdoc/>
    public LabProcess Process => _world.Server.Process;

    /// <summary>The nodes, those that send and those that receive in turns.</summary>
    public IReadOnlyList<SlotNode> Nodes => _nodes;

    /// <summary>Enrols nodes on both hosts and joins them in pairs.</summary>
    public static async Task<SlotsUnderLoad> OpenAsync(ProductWorld world, Host left, Host right, int flows)
    {
        var slots = new SlotsUnderLoad(world);
        try
        {
            for (var i = 0; i < flows; i++)
            {
                await slots.AddAsync(i, left, right).ConfigureAwait(false);
            }

            slots._counted = await slots.ForwardedAsync().ConfigureAwait(false);
            return slots;
        }
        catch
        {
            slots.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Refresh() => _nodes.ForEach(n => n.Ping());

    /// <inheritdoc/>
    public async Task CheckForwardedAsync(long delivered)
    {
        var before = _counted;
        _counted = await ForwardedAsync().ConfigureAwait(false);
        if (_counted - before < delivered)
        {
            throw new LabException($"{delivered} datagrams arrived, but the relay forwarded {_counted - before}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _nodes.ForEach(n => n.Dispose());

    private async Task AddAsync(int number, Host left, Host right)
    {
        var (one, other) = (await EnrolAsync(left, $"left{number}").ConfigureAwait(false), await EnrolAsync(right, $"right{number}").ConfigureAwait(false));
        var (asker, asked) = SlotNode.Meet(one, other);
        var (path, back) = (PathId.Of(0x1000 + number), PathId.Of(0x2000 + number)); // a node draws them; here each flow has a receive buffer of its own
        one.Join(asker, path, PathId.Of(1));
        other.Join(asked, back, PathId.Of(2));
        var header = new byte[SealedDatagram.HeaderSize];
        new DatagramHeader(DatagramType.Data, path).Write(header);
        _flows.Add(new(number, one.Socket, asker.Relay.Endpoint, other.Socket, header, header.Length));
    }

    private async Task<SlotNode> EnrolAsync(Host host, string label)
    {
        var node = await SlotNode.EnrolAsync(host, await _world.TokenAsync(label).ConfigureAwait(false)).ConfigureAwait(false);
        _nodes.Add(node);
        return node;
    }

    private async Task<long> ForwardedAsync() =>
        (await _world.ServerStatusAsync().ConfigureAwait(false)).GetProperty("rs").GetProperty("payloadPackets").GetInt64();
}
