using System.Net;
using System.Net.Sockets;

namespace NTMobile.Lab;

/// <summary>
/// Commands to a running world over a Unix socket. One line each way: the words with tabs between them, then the answer, which
/// begins with `ok` or `error` on a line of its own.
/// </summary>
internal sealed class ControlSocket(LabWorld world)
{
    private const char Separator = '\t';

    public async Task ServeAsync()
    {
        File.Delete(LabState.SocketPath);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(LabState.SocketPath));
        listener.Listen();
        while (true)
        {
            using Socket client = await listener.AcceptAsync().ConfigureAwait(false);
            try
            {
                await AnswerAsync(client).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The client went away; the next one comes.
            }
        }
    }

    /// <summary>The client's half: sends the words, prints the answer, returns the exit code.</summary>
    public static async Task<int> AskAsync(string[] words)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(LabState.SocketPath)).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new LabException($"no world runs with the folder {LabState.Folder} (ntm-lab up)", e);
        }

        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        using var writer = new StreamWriter(stream) { AutoFlush = true };
        await writer.WriteLineAsync(string.Join(Separator, words)).ConfigureAwait(false);
        bool succeeded = await reader.ReadLineAsync().ConfigureAwait(false) == "ok";
        Console.Write(await reader.ReadToEndAsync().ConfigureAwait(false));
        return succeeded ? 0 : 1;
    }

    private async Task AnswerAsync(Socket client)
    {
        using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream);
        using var writer = new StreamWriter(stream);
        string[] words = (await reader.ReadLineAsync().ConfigureAwait(false) ?? "").Split(Separator);
        try
        {
            string said = await DoAsync(words).ConfigureAwait(false);
            await writer.WriteAsync($"ok\n{said}").ConfigureAwait(false);
        }
        catch (LabException e)
        {
            await writer.WriteAsync($"error\n{e.Message}\n").ConfigureAwait(false);
        }
    }

    private async Task<string> DoAsync(string[] words)
    {
        Task action = words switch
        {
            ["draw"] => Task.CompletedTask,
            ["publish", string host, string target, string socket] => Publish(host, target, socket),
            ["break", "down", string site] => Uplink(site).LinkDownAsync(),
            ["break", "up", string site] => Uplink(site).LinkUpAsync(),
            ["break", "silent", string state, string site] => Uplink(site).DropSilentlyAsync(IsOn(state)),
            ["break", "replug", string site, string place] => Uplink(site).ReplugAsync(world.Place(place)),
            ["break", "renumber", string site] => Uplink(site).RenumberAsync(),
            ["break", "reboot", string place] => world.Place(place).RebootAsync(),
            ["break", "udp", string state, string place] => world.Place(place).BlockUdpAsync(!IsOn(state)),
            ["break", "ipv4", string state, string place] => world.Place(place).DropVersionSilentlyAsync(4, !IsOn(state)),
            ["break", "ipv6", string state, string place] => world.Place(place).DropVersionSilentlyAsync(6, !IsOn(state)),
            ["break", "icmp", string state, string place] => world.Place(place).DropIcmpAsync(!IsOn(state)),
            ["break", "mtu", string place, string bytes, .. string[] rest] =>
                world.Place(place).SetMtuAsync(Number(bytes), sendErrors: rest is not ["quiet"]),
            ["break", "shape", string place, .. string[] shape] => world.Place(place).ShapeAsync(LinkShape.Parse(shape)),
            _ => throw new LabException($"not understood: {string.Join(' ', words)} (ntm-lab without words explains)"),
        };
        await action.ConfigureAwait(false);
        return world.Draw();
    }

    private Uplink Uplink(string site) => world.Site(site).Uplink;

    private Task Publish(string host, string target, string socket)
    {
        Forwarder.Publish(
            world.Host(host),
            IPEndPoint.TryParse(target, out IPEndPoint? to) ? to : throw new LabException($"{target}: expected ADDRESS:PORT"),
            socket);
        return Task.CompletedTask;
    }

    private static bool IsOn(string state) => state switch
    {
        "on" => true,
        "off" => false,
        _ => throw new LabException($"{state}: expected on or off"),
    };

    private static int Number(string text) => int.TryParse(text, out int number) ? number : throw new LabException($"{text}: expected a number");
}
