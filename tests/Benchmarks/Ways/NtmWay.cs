using System.Text.Json;
using NTMobile.Lab;
using NTMobile.Lab.Product;

namespace NTMobile.Benchmarks;

/// <summary>Through both ntm-routers, by the virtual address of bob's device. The path is direct, or the way says that it is not.</summary>
internal sealed class NtmWay : Way
{
    public const string WayKey = "ntm";
    private static readonly TimeSpan DirectWithin = TimeSpan.FromSeconds(30);
    private readonly ProductWorld _world;
    private readonly string _cipher;
    private readonly int _mtu;
    private readonly long _relayed;

    private NtmWay(ProductWorld world, string target, JsonElement session, long relayed)
    {
        _world = world;
        Target = target;
        _cipher = session.GetProperty("cipher").GetString()!;
        _mtu = session.GetProperty("path").GetProperty("mtu").GetInt32();
        _relayed = relayed;
    }

    public override string Key => WayKey;

    public override string Title => $"ntm-router ({_cipher}, path MTU {_mtu})";

    public override WayKind Kind => WayKind.Product;

    public override string Target { get; }

    /// <summary>Waits until there is a direct path between the two routers.</summary>
    /// <param name="world">The world of alice and bob.</param>
    /// <param name="client">Alice's device.</param>
    /// <param name="name">The name of bob's shared device.</param>
    public static async Task<NtmWay> OpenAsync(ProductWorld world, Host client, string name)
    {
        using var patience = new CancellationTokenSource(DirectWithin);
        do
        {
            await client.RunAsync("ping", "-n", "-c3", "-i0.2", "-W5", name).ConfigureAwait(false);
            if (await SessionAsync(world, "alice", "bob").ConfigureAwait(false) is { } session && IsDirect(session)
                && await SessionAsync(world, "bob", "alice").ConfigureAwait(false) is { } other && IsDirect(other))
            {
                var hosts = await client.RunAsync("getent", "ahostsv4", name).ConfigureAwait(false);
                return new(world, hosts.Split(' ')[0], session, await world.RelayedPayloadBytesAsync().ConfigureAwait(false));
            }
        }
        while (!patience.IsCancellationRequested);
        throw new LabException($"the path between alice and bob was not direct within {DirectWithin.TotalSeconds} s");
    }

    /// <summary>Throws when the relay has carried anything since the path was direct.</summary>
    public async Task CheckDirectAsync()
    {
        if (await _world.RelayedPayloadBytesAsync().ConfigureAwait(false) - _relayed is not 0 and var more)
        {
            throw new LabException($"the relay carried {more} bytes, so the flow was not direct");
        }
    }

    protected override async Task<Carried?> CountAsync()
    {
        var alice = await SessionAsync(_world, "alice", "bob").ConfigureAwait(false);
        var bob = await SessionAsync(_world, "bob", "alice").ConfigureAwait(false);
        if (alice is not { } here || bob is not { } there || !IsDirect(here) || !IsDirect(there))
        {
            throw new LabException("there is no direct path between alice and bob any more");
        }

        return new(Bytes(here), Bytes(there));

        static long Bytes(JsonElement session) => session.GetProperty("bytesOut").GetInt64() + session.GetProperty("bytesIn").GetInt64();
    }

    private static Task<JsonElement?> SessionAsync(ProductWorld world, string of, string with) => world[of].SessionAsync(with);

    private static bool IsDirect(JsonElement session) =>
        session.GetProperty("path") is { ValueKind: JsonValueKind.Object } path && path.GetProperty("kind").GetString() == "direct";
}
