using System.Text.RegularExpressions;
using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>
/// Nebula with AES, two threads per direction, large socket buffers, and the offloads where the version has them (others ignore the words).
/// The devices' subnets are what Nebula calls unsafe routes: written into certificates, and routed by the hosts.
/// </summary>
/// <param name="key">The word in the keys of figures.</param>
/// <param name="program">The executable.</param>
/// <param name="certifier">Its companion, nebula-cert.</param>
internal sealed class Nebula(string key, string program, string certifier) : Rival
{
    public override string Key => key;

    protected override string Name => "nebula";

    protected override IReadOnlyList<string> Programs => [program, certifier];

    // 1500 less 20 (IPv4), 8 (UDP), 16 (header) and 16 (tag).
    protected override int Mtu => 1440;

    protected override async Task<string> DescribeAsync(Host host)
    {
        var line = await FirstLineAsync(host, program, "-version").ConfigureAwait(false);
        return $"{Regex.Replace(line, "^Version: ", "")}, AES-256-GCM";
    }

    protected override async Task PrepareAsync()
    {
        await Alice.Router.RunAsync(certifier, "ca", "-name", "bench", "-out-crt", InFolder("ca.crt"), "-out-key", InFolder("ca.key")).ConfigureAwait(false);
        foreach (var end in (RivalEnd[])[Alice, Bob])
        {
            await end.Router.RunAsync(
                certifier, "sign", "-ca-crt", InFolder("ca.crt"), "-ca-key", InFolder("ca.key"), "-name", end.Tun,
                "-ip", $"{end.Overlay}/24", "-subnets", end.Subnet, "-out-crt", FileOf(end, "crt"), "-out-key", FileOf(end, "key")).ConfigureAwait(false);
        }
    }

    protected override LabProcess StartDaemon(RivalEnd here, RivalEnd there)
    {
        File.WriteAllText(FileOf(here, "yml"), Configuration(here, there));
        return here.Router.Start(new ProcessSpec { Command = program, Arguments = ["-config", FileOf(here, "yml")], Name = Key });
    }

    private string InFolder(string name) => Path.Combine(Folder, name);

    private string Configuration(RivalEnd here, RivalEnd there) => $$"""
        pki: { ca: "{{InFolder("ca.crt")}}", cert: "{{FileOf(here, "crt")}}", key: "{{FileOf(here, "key")}}" }
        static_host_map: { "{{there.Overlay}}": ["{{there.Public}}:{{there.Port}}"] }
        lighthouse: { am_lighthouse: false, hosts: [] }
        cipher: aes
        routines: 2
        listen: { host: 0.0.0.0, port: {{here.Port}}, batch: 64, read_buffer: 10485760, write_buffer: 10485760, udp_offloads: true }
        tun:
          dev: {{here.Tun}}
          mtu: {{Mtu}}
          tx_queue: 1000
          use_offloads: true
          unsafe_routes: [{ route: "{{there.Subnet}}", via: "{{there.Overlay}}" }]
        logging: { level: warning, format: text }
        firewall:
          default_local_cidr_any: true
          conntrack: { tcp_timeout: 12m, udp_timeout: 3m, default_timeout: 10m }
          outbound: [{ port: any, proto: any, host: any }]
          inbound: [{ port: any, proto: any, host: any }]

        """;
}
