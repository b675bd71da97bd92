using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.Lab;

/// <summary>
/// Computes the TCP and UDP checksums of all packets that a host forwards anew, right or wrong as they were: what a middlebox does whose network card
/// has that to do. One thread of its own, inside the host's network.
/// </summary>
public sealed class ChecksumOffload : IAsyncDisposable
{
    private const ushort Number = 770;
    private readonly Host _host;
    private readonly EventFd _stop = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChecksumOffload(Host host)
    {
        _host = host;
        _thread = new Thread(Run) { IsBackground = true, Name = $"checksums {host.Name}" };
        _thread.Start();
    }

    /// <summary>Begins.</summary>
    public static async Task<ChecksumOffload> StartAsync(Host host)
    {
        var offload = new ChecksumOffload(host);
        await offload._bound.Task.ConfigureAwait(false);
        await offload.SetRulesAsync("-A").ConfigureAwait(false);
        return offload;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SetRulesAsync("-D").ConfigureAwait(false);
        _stop.Signal();
        _thread.Join();
        _stop.Dispose();
    }

    private async Task SetRulesAsync(string action)
    {
        foreach (var protocol in (string[])["tcp", "udp"])
        {
            await _host.RunAsync("iptables", "-t", "mangle", action, "FORWARD", "-p", protocol, "-j", "NFQUEUE", "--queue-num", $"{Number}").ConfigureAwait(false);
        }
    }

    private void Run()
    {
        try
        {
            Native.EnterNetwork(_host.NamespacePath);
            using var queue = new NfQueue(new NfQueueOptions(Number));
            _bound.SetResult();
            while (!_stop.Drain())
            {
                Native.WaitReadable(queue.Descriptor, _stop.Descriptor, null);
                while (queue.Receive(timeoutMilliseconds: 0) > 0)
                {
                    for (var i = 0; i < queue.Count; i++)
                    {
                        var packet = queue[i];
                        TransportChecksum.Complete(packet.Payload);
                        queue.Verdicts.AcceptRewritten(in packet, packet.Payload);
                    }

                    queue.Verdicts.Flush();
                }
            }
        }
#pragma warning disable CA1031 // Reported to whoever waits for the start.
        catch (Exception e) when (!_bound.Task.IsCompleted)
#pragma warning restore CA1031
        {
            _bound.SetException(e);
        }
    }
}
