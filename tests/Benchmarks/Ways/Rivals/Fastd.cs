using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>fastd with the method that its manual recommends: its fastest that encrypts (the L2TP offload does not).</summary>
internal sealed class Fastd : Rival
{
    private const string Method = "salsa2012+umac";

    public override string Key => "fastd";

    protected override string Name => "fastd";

    protected override IReadOnlyList<string> Programs => ["fastd"];

    // 1500 less 20 (IPv4), 8 (UDP) and 24 (method), as its manual counts.
    protected override int Mtu => 1448;

    protected override async Task<string> DescribeAsync(Host host)
    {
        var words = (await FirstLineAsync(host, "fastd", "--version").ConfigureAwait(false)).Split(' ');
        return $"{words[^1]}, {Method}";
    }

    protected override async Task PrepareAsync()
    {
        foreach (var end in (RivalEnd[])[Alice, Bob])
        {
            var secret = await FirstLineAsync(end.Router, "fastd", "--generate-key", "--machine-readable").ConfigureAwait(false);
            await File.WriteAllTextAsync(FileOf(end, "secret"), $"secret \"{secret}\";\n").ConfigureAwait(false);
            var key = await FirstLineAsync(end.Router, "fastd", "--config", FileOf(end, "secret"), "--show-key", "--machine-readable").ConfigureAwait(false);
            await File.WriteAllTextAsync(FileOf(end, "key"), key).ConfigureAwait(false);
        }
    }

    protected override LabProcess StartDaemon(RivalEnd here, RivalEnd there)
    {
        File.WriteAllText(FileOf(here, "conf"), $$"""
            log level warn;
            mode tun;
            interface "{{here.Tun}}";
            mtu {{Mtu}};
            method "{{Method}}";
            bind {{here.Public}}:{{here.Port}};
            include "{{FileOf(here, "secret")}}";
            peer "other" {
              key "{{File.ReadAllText(FileOf(there, "key"))}}";
              remote {{there.Public}}:{{there.Port}};
            }

            """);
        return here.Router.Start(new ProcessSpec { Command = "fastd", Arguments = ["--config", FileOf(here, "conf")] });
    }
}
