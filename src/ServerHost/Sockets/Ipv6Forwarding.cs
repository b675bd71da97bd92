using NTMobile.Linux;

namespace NTMobile.ServerHost.Sockets;

/// <summary>Makes the machine forward IPv6 without losing its own way to the Internet.</summary>
internal static class Ipv6Forwarding
{
    private const string Settings = "/proc/sys/net/ipv6/conf";

    /// <summary>Switches it on. A machine that forwards hears router advertisements no more, unless it is told to (accept_ra 2).</summary>
    /// <returns>Whether it was off.</returns>
    /// <exception cref="IOException">The kernel has no IPv6, or refuses.</exception>
    public static bool Enable()
    {
        const string forwarding = "net/ipv6/conf/all/forwarding";
        if (Sysctl.Get(forwarding) == "1")
        {
            return false;
        }

        foreach (string name in Directory.GetDirectories(Settings).Select(folder => Path.GetFileName(folder)))
        {
            if (name != "all" && Sysctl.Get($"net/ipv6/conf/{name}/accept_ra") == "1")
            {
                Sysctl.Set($"net/ipv6/conf/{name}/accept_ra", "2");
            }
        }

        return Sysctl.Set(forwarding, "1");
    }
}
