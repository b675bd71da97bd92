using System.Buffers.Binary;
using NTMobile.Lab;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.Benchmarks;

/// <summary>
/// Flows through coturn's turnserver: each has an allocation of its own and sends ChannelData; what arrives at the peer is plain UDP. Set up for
/// speed as its documentation has it: no credentials, no TLS, no command-line port, no log per session, one relay thread per core.
/// </summary>
internal sealed class TurnUnderLoad : IRelayUnderLoad
{
    private const int Port = 3480; // 3478 is the DS's on this host
    private readonly List<(TurnAllocation Allocation, UdpSocket Client, UdpSocket Peer)> _ends = [];
    private readonly List<LoadFlow> _flows = [];
    private DaemonProcess? _server;
    private string _version = "";

    /// <inheritdoc/>
    public string Key => "coturn";

    /// <inheritdoc/>
    public string Title => $"coturn {_version}, -m {Environment.ProcessorCount}, ChannelData";

    /// <inheritdoc/>
    public IReadOnlyList<LoadFlow> Flows => _flows;

    /// <inheritdoc/>
    public LabProcess Process => _server!.Process;

    /// <summary>Starts turnserver on a host, and allocates.</summary>
    public static async Task<TurnUnderLoad> OpenAsync(Host server, Host left, Host right, int flows)
    {
        var turn = new TurnUnderLoad { _version = (await server.RunAsync("turnserver", "--version").ConfigureAwait(false)).Trim().Split('\n')[^1] };
        try
        {
            var address = server.Address;
            turn._server = await DaemonProcess.StartAsync(
                server,
                new ProcessSpec
                {
                    Command = "turnserver",
                    Arguments =
                    [
                        "-n", "-z", "-m", $"{Environment.ProcessorCount}", "-L", $"{address}", "-E", $"{address}", "-p", $"{Port}",
                        "--no-tls", "--no-dtls", "--no-tcp", "--no-tcp-relay", "--no-cli", "--no-rfc5780", "--no-software-attribute",
                        "--log-file", "stdout", "--userdb", "/run/turndb", "--pidfile", "/run/turnserver.pid",
                    ],
                },
                Readiness.Line("DB connection success")).ConfigureAwait(false);
            for (var i = 0; i < flows; i++)
            {
                turn.Add(i, Endpoint.From(address, Port), left, right);
            }

            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Refresh() => _ends.ForEach(e => e.Allocation.Bind(e.Peer.Local));

    /// <inheritdoc/>
    public Task CheckForwardedAsync(long delivered) => Task.CompletedTask; // what arrives bears the relayed address: nobody else sends from there

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, client, peer) in _ends)
        {
            client.Dispose();
            peer.Dispose();
        }
    }

    private void Add(int number, Endpoint server, Host left, Host right)
    {
        var (client, peer) = (Open(left), Open(right));
        var allocation = new TurnAllocation(client, server);
        _ends.Add((allocation, client, peer));
        allocation.Open();
        allocation.Bind(peer.Local);
        var header = new byte[4]; // channel, length of the data
        BinaryPrimitives.WriteUInt16BigEndian(header, TurnAllocation.Channel);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), LoadFlow.DatagramSize);
        _flows.Add(new(number, client, server, peer, header, headerLeft: 0));
    }

    private static UdpSocket Open(Host host) => host.RunInside(() => new UdpSocket(new UdpSocketOptions(Endpoint.From(host.Address, 0))));
}
