using System.Net;

namespace NTMobile.Lab;

/// <summary>What can be done to a place while the world runs.</summary>
public sealed partial class Place
{
    private const string ErrorsAndEchoes6 =
        "destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply";

    private int _mtu;
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
        await Host.IpAsync(["link set wan up", .. _plan.Routes(_mtu)]).ConfigureAwait(false);
        if (Mapper is not null)
        {
            await Mapper.RestartAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Drops all UDP that passes the place, in both directions, or lets it pass again.</summary>
    public Task BlockUdpAsync(bool blocked) => FillAsync("no-udp", blocked ? ["meta l4proto udp drop"] : []);

    /// <summary>
    /// Drops all ICMP that passes the place, in both directions, and sends none of its own, or lets it pass again. The
    /// neighbour discovery of IPv6 goes on.
    /// </summary>
    public async Task DropIcmpAsync(bool dropping)
    {
        string[] rules = dropping ? ["meta l4proto icmp drop", $"icmpv6 type {{ {ErrorsAndEchoes6} }} drop"] : [];
        await FillAsync("no-icmp", rules).ConfigureAwait(false);
        await FillAsync("no-own-icmp", rules).ConfigureAwait(false);
    }

    /// <summary>Drops everything that passes the place, with the routers' carrier kept, or lets it pass again.</summary>
    public Task DropSilentlyAsync(bool dropping) => FillAsync("silence", dropping ? ["drop"] : []);

    /// <summary>Drops all of one IP version that passes the place, likewise, or lets it pass again.</summary>
    /// <param name="version">4 or 6.</param>
    /// <param name="dropping">Whether it is dropped.</param>
    public Task DropVersionSilentlyAsync(int version, bool dropping) => FillAsync("silence", dropping ? [$"meta nfproto ipv{version} drop"] : []);

    /// <summary>Drops all that goes to or comes from an outside IPv4 address, or lets it pass again (null).</summary>
    public Task BlockAddressAsync(IPAddress? other) => FillAsync("silence", other is null ? [] : [$"ip daddr {other} drop", $"ip saddr {other} drop"]);

    /// <summary>
    /// The largest packet that passes, in both directions; 1500 is the cable's own. Larger ones get "fragmentation needed",
    /// or nothing at all (a black hole) when <paramref name="sendErrors"/> is false. IPv6 packets of up to 1280 bytes pass in any case.
    /// </summary>
    public async Task SetMtuAsync(int mtu, bool sendErrors = true)
    {
        _mtu = mtu;
        await Host.IpAsync(_plan.Routes(mtu)).ConfigureAwait(false);
        await FillAsync("no-errors", sendErrors ? [] : ["icmp type destination-unreachable drop", "icmpv6 type packet-too-big drop"]).ConfigureAwait(false);
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

    /// <summary>Puts these rules in the place of what one of the chains for actions holds.</summary>
    private Task FillAsync(string chain, string[] rules) => Host.NftAsync(
        $"flush chain inet actions {chain}\n" + string.Concat(rules.Select(rule => $"add rule inet actions {chain} {rule}\n")));
}
