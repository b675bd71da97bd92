using System.Net;
using System.Text;

namespace NTMobile.Lab;

/// <summary>What one namespace will have inside.</summary>
internal sealed class PlannedHost(string name)
{
    // IPv6 duplicate address detection holds a link-local address back for a second or two. Bridges must not hand frames
    // to the IP firewall, or the rules of a router would see what never left its LAN.
    private static readonly string[] Always =
    [
        "net/ipv6/conf/all/accept_dad=0", "net/ipv6/conf/default/accept_dad=0",
        "net/ipv4/conf/all/rp_filter=0", "net/ipv4/conf/default/rp_filter=0",
        "net/ipv4/ping_group_range=0 2147483647",
    ];

    private static readonly string[] IfPresent =
    [
        "net/bridge/bridge-nf-call-iptables=0", "net/bridge/bridge-nf-call-ip6tables=0",
    ];

    private readonly List<string> _settings = [.. Always];

    public string Name { get; } = name;

    /// <summary>The addresses by which tests know it.</summary>
    public List<IPAddress> Addresses { get; } = [];

    /// <summary>The IPv6 addresses among them.</summary>
    public List<IPAddress> Addresses6 { get; } = [];

    /// <summary>Lines of ip(8), applied in order after all cables exist.</summary>
    public List<string> Ip { get; } = ["link set lo up"];

    /// <summary>Input for nft(8).</summary>
    public StringBuilder Nft { get; } = new();

    /// <summary>The name server in its /etc/resolv.conf; where there is none, look-ups are refused at once.</summary>
    public IPAddress Resolver { get; set; } = IPAddress.Loopback;

    /// <summary>Makes it a router.</summary>
    public PlannedHost Forwarding()
    {
        Set("net/ipv4/ip_forward=1");
        Set("net/ipv6/conf/all/forwarding=1");
        return this;
    }

    /// <summary>A sysctl as PATH=VALUE, path with slashes.</summary>
    public void Set(string setting) => _settings.Add(setting);

    /// <summary>The sysctls and /etc files; before its cables come, so that the defaults hold for them.</summary>
    public void WriteFiles()
    {
        NetworkNamespace.Run(Name, () =>
        {
            _settings.ForEach(Write);
            foreach (string setting in IfPresent.Where(s => File.Exists("/proc/sys/" + s.Split('=')[0])))
            {
                Write(setting);
            }

            return true;
        });
        SetResolver(Name, Resolver);
    }

    public async Task ApplyAsync()
    {
        await Tool.IpBatchAsync(Name, Ip).ConfigureAwait(false);
        if (Nft.Length > 0)
        {
            ExecResult result = await Tool.RunAsync("ip", ["netns", "exec", Name, "nft", "-f", "-"], Nft.ToString()).ConfigureAwait(false);
            result.ThrowIfFailed();
        }
    }

    /// <summary>Processes that are started from now on in the namespace ask this name server.</summary>
    public static void SetResolver(string host, IPAddress resolver) =>
        WriteEtc(host, "resolv.conf", $"nameserver {resolver}\noptions timeout:2 attempts:2\n");

    /// <summary>Processes that are started from now on in the namespace see this file below /etc (ip-netns(8)), if there is one of its name or folder.</summary>
    public static void WriteEtc(string host, string file, string text)
    {
        string path = $"/etc/netns/{host}/{file}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static void Write(string setting)
    {
        string[] parts = setting.Split('=', 2);
        File.WriteAllText("/proc/sys/" + parts[0], parts[1]);
    }
}
