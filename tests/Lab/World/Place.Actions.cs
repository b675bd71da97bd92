namespace NTMobile.Lab;

/// <summary>What can be done to a place while the world runs.</summary>
public sealed partial class Place
{
    private string _mtu = "";
    private LinkShaper? _shaper;

    /// <summary>
    /// The NAT forgets all its mappings, as in a reboot of <paramref name="downtime"/> (0): connections that go on get new ports.
    /// The stateful filter forgets what the inside started.
    /// </summary>
    public async Task RebootAsync(TimeSpan downtime = default)
    {
        await Host.IpAsync("link set wan down").ConfigureAwait(false);
        await Task.Delay(downtime).ConfigureAwait(false);
        if (Preset.Forget.Length > 0)
        {
            await Host.NftAsync(Preset.Forget).ConfigureAwait(false);
        }

        await Host.ExecAsync("conntrack", "-F").ConfigureAwait(false);
        await Host.IpAsync("link set wan up", DefaultRoute()).ConfigureAwait(false);
    }

    /// <summary>Drops all UDP that passes the place, in both directions, or lets it pass again.</summary>
    public Task BlockUdpAsync(bool blocked) => Host.NftAsync(
        "flush chain inet actions blocked\n" + (blocked ? "add rule inet actions blocked meta l4proto udp drop" : ""));

    /// <summary>Drops everything that passes the place, with the routers' carrier kept, or lets it pass again.</summary>
    public Task DropSilentlyAsync(bool dropping) => Host.NftAsync(
        "flush chain inet actions blocked\n" + (dropping ? "add rule inet actions blocked drop" : ""));

    /// <summary>
    /// The largest packet that passes, in both directions; 1500 is the cable's own. Larger ones get "fragmentation needed",
    /// or nothing at all (a black hole) when <paramref name="sendErrors"/> is false.
    /// </summary>
    public async Task SetMtuAsync(int mtu, bool sendErrors = true)
    {
        // A locked route MTU binds forwarded packets; the interface's own MTU would also refuse what arrives.
        _mtu = $"mtu lock {mtu}";
        await Host.IpAsync(
            DefaultRoute(), $"route replace {Inside} dev in0 proto kernel scope link src {Gateway} {_mtu}").ConfigureAwait(false);
        await Host.NftAsync("flush chain inet actions errors\n"
            + (sendErrors ? "" : "add rule inet actions errors icmp type destination-unreachable drop")).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the place's connection its delay, loss and rate; <see cref="LinkShape.None"/> takes them away. Packets that are
    /// held at the moment of the change are lost.
    /// </summary>
    public async Task ShapeAsync(LinkShape shape)
    {
        await EndShapeAsync().ConfigureAwait(false);
        _shaper = await LinkShaper.StartAsync(Host, shape).ConfigureAwait(false);
    }

    internal async Task EndShapeAsync()
    {
        if (_shaper is { } old)
        {
            _shaper = null;
            await old.DisposeAsync().ConfigureAwait(false);
        }
    }

    private string DefaultRoute() => $"route replace default via {Wan.Nth(1)} dev wan {_mtu}";
}
