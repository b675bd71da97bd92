using System.Net;

namespace NTMobile.Lab;

/// <summary>The words of the ntm-lab executable.</summary>
internal static class LabCommands
{
    private const string Usage = """
        ntm-lab up [--world two|grid|product]   brings a world up, draws it, and takes it down at Ctrl-C;
                                            product: with servers and routers, whose sockets are in its folder
        ntm-lab exec HOST COMMAND…          runs a command inside a host of that world, from another terminal
        ntm-lab draw                        draws the world as it is now
        ntm-lab break down|up SITE          the router's cable loses its carrier, or gets it back
        ntm-lab break silent on|off SITE    everything in the cable is lost, the carrier stays
        ntm-lab break replug SITE PLACE     the cable is moved to another place (new address)
        ntm-lab break renumber SITE         a new address at the same place
        ntm-lab break reboot PLACE          the NAT forgets its mappings
        ntm-lab break udp off|on PLACE      UDP is dropped, or passes again
        ntm-lab break ipv4|ipv6 off|on PLACE            one IP version is dropped, or passes again
        ntm-lab break icmp off|on PLACE     ICMP is dropped, or passes again
        ntm-lab break mtu PLACE BYTES [quiet]           path MTU, quiet: without ICMP errors
        ntm-lab break shape PLACE [delay=MS] [loss=SHARE] [rate=MBIT]
        ntm-lab forward [ADDRESS:]PORT SOCKET           TCP outside to a Unix socket that a lab has published
        ntm-lab demo [--once] [--page SOCKET]           the demonstration; the page goes to the socket until Enter or Ctrl-C
        ntm-lab publish HOST ADDRESS:PORT SOCKET        publishes a TCP port of the running world there
        The running world's folder is /tmp/ntm-lab, or $NTM_LAB_STATE.
        """;

    public static async Task<int> RunAsync(string[] words)
    {
        try
        {
            switch (words)
            {
                case ["up"]:
                    return await UpCommand.RunAsync("two").ConfigureAwait(false);
                case ["up", "--world", string world]:
                    return await UpCommand.RunAsync(world).ConfigureAwait(false);
                case ["exec", string host, string command, .. string[] arguments]:
                    return ExecCommand.Run(host, command, arguments);
                case ["forward", string listen, string socket]:
                    await Forwarder.Open(ParseListen(listen), socket).Completion.ConfigureAwait(false);
                    return 0;
                case ["demo", .. string[] options]:
                    return await DemoCommand.RunAsync(options).ConfigureAwait(false);
                case ["draw"] or ["publish", _, _, _] or ["break", _, ..]:
                    return await ControlSocket.AskAsync(words).ConfigureAwait(false);
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }
        catch (LabException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static IPEndPoint ParseListen(string listen) => IPEndPoint.TryParse(listen, out IPEndPoint? endPoint) && listen.Contains(':')
        ? endPoint
        : int.TryParse(listen, out int port) ? new(IPAddress.Loopback, port) : throw new LabException($"{listen}: expected PORT or ADDRESS:PORT");
}
