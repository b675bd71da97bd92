using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace NTMobile.KeyServer;

/// <summary>How often one source may ask: an IPv4 address, or a /64 of IPv6, which is what one customer has.</summary>
internal sealed class SourceLimiter(int requestsPerMinute) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        source => RateLimitPartition.GetFixedWindowLimiter(Network(source), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = requestsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    /// <summary>Counts one request; false when it is one too many.</summary>
    public bool TryTake(IPAddress? source)
    {
        using var lease = _limiter.AttemptAcquire(source ?? IPAddress.None);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    private static IPAddress Network(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6)
        {
            return source.MapToIPv4();
        }

        if (source.AddressFamily == AddressFamily.InterNetwork)
        {
            return source;
        }

        var bytes = source.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
