using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>WireGuard in user space. There is nothing to tune: it takes as many threads as there are processors.</summary>
/// <param name="key">The word in the keys of figures.</param>
/// <param name="program">The executable.</param>
internal sealed class WireGuardGo(string key, string program) : Rival
{
    public override string Key => key;

    protected override string Name => "wireguard-go";

    protected override IReadOnlyList<string> Programs => [program, "wg"];

    // WireGuard's own default, wg-quick(8).
    protected override int Mtu => 1420;

    protected override async Task<string> DescribeAsync(Host host)
    {
        var words = (await FirstLineAsync(host, program, "--version").ConfigureAwait(false)).Split(' ');
        return $"{words[^1]}, ChaCha20-Poly1305";
    }

    protected override async Task PrepareAsync()
    {
        foreach (var end in (RivalEnd[])[Alice, Bob])
        {
            await end.Router.ShellAsync($"umask 077; wg genkey >{FileOf(end, "key")}; wg pubkey <{FileOf(end, "key")} >{FileOf(end, "pub")}").ConfigureAwait(false);
        }
    }

    protected override LabProcess StartDaemon(RivalEnd here, RivalEnd there) => here.Router.Start(new ProcessSpec
    {
        Command = program,
        Arguments = ["--foreground", here.Tun],
        Name = Key,
        Environment = new Dictionary<string, string?> { ["LOG_LEVEL"] = "error" },
    });

    protected override async Task ConfigureAsync(RivalEnd here, RivalEnd there)
    {
        var file = FileOf(here, "conf");
        await File.WriteAllTextAsync(file, $"""
            [Interface]
            PrivateKey = {await File.ReadAllTextAsync(FileOf(here, "key")).ConfigureAwait(false)}
            ListenPort = {here.Port}
            [Peer]
            PublicKey = {await File.ReadAllTextAsync(FileOf(there, "pub")).ConfigureAwait(false)}
            AllowedIPs = {there.Subnet}
            Endpoint = {there.Public}:{there.Port}

            """).ConfigureAwait(false);
        await here.Router.RunAsync("wg", "setconf", here.Tun, file).ConfigureAwait(false);
    }
}
