using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Network;
using NTMobile.Wire.PortMapping;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>Has the gateway of each uplink open the port of the uplink's socket, and tells the node where that is seen from outside.</summary>
internal sealed class PortMapper(TimeProvider time, Action<PortMappingsChanged> tell, DaemonLog log) : IAsyncDisposable
{
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly Dictionary<GatewayLink, UplinkMapper> _mappers = [];
    private readonly List<Task> _ending = [];
    private bool _isOver;

    /// <summary>The uplinks are these now: what is gone is closed, what is new is asked for.</summary>
    public void Follow(IReadOnlyList<WatchedUplink> uplinks)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            var links = uplinks.Select(GatewayLink.Of).OfType<GatewayLink>().ToList();
            _ending.RemoveAll(e => e.IsCompleted);
            foreach (var (gone, mapper) in _mappers.Where(m => !links.Contains(m.Key)).ToList())
            {
                _mappers.Remove(gone);
                _ending.Add(mapper.DisposeAsync().AsTask());
            }

            foreach (var link in links.Where(l => !_mappers.ContainsKey(l)))
            {
                _mappers[link] = new UplinkMapper(link, [new PcpClient(link, Nonce()), new NatPmpClient(link), new UpnpClient(link)], time, Tell, log);
            }
        }

        Tell();
    }

    /// <summary>What is open now, for a new node.</summary>
    public PortMappingsChanged Now()
    {
        lock (_lock)
        {
            return new PortMappingsChanged([.. _mappers.Values.Select(m => m.Open?.Outside).OfType<Endpoint>()]);
        }
    }

    /// <summary>What is open by a gateway, and whether it has been asked by all protocols.</summary>
    public (OpenMapping? Open, bool HasAsked) Of(GatewayLink link)
    {
        lock (_lock)
        {
            return _mappers.TryGetValue(link, out var mapper) ? (mapper.Open, mapper.HasAsked) : (null, false);
        }
    }

    /// <summary>Closes all ports, as far as the gateways hear it in two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        Task all;
        lock (_lock)
        {
            _isOver = true;
            all = Task.WhenAll(_ending.Concat(_mappers.Values.Select(m => m.DisposeAsync().AsTask())));
            _mappers.Clear();
        }

        await all.WaitAsync(Ending, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tell()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                tell(Now());
            }
        }
    }

    private static PcpNonce Nonce()
    {
        Span<byte> bytes = stackalloc byte[12];
        RandomNumberGenerator.Fill(bytes);
        return new PcpNonce(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
    }
}
