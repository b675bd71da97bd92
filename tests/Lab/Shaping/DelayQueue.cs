using System.Diagnostics;
using NTMobile.Linux;
using NTMobile.NetfilterBridge;

namespace NTMobile.Lab;

/// <summary>
/// Delays and loses the packets of one netfilter queue, in order. The packets themselves stay in the kernel (copy-meta mode):
/// what is held back here is their verdicts. One thread of its own, inside the host's network, with real-time priority.
/// </summary>
internal sealed class DelayQueue : IDisposable
{
    /// <summary>What the kernel holds for us: half a second of full packets at 1 Gb/s. More is dropped, as by a full buffer.</summary>
    private const int QueueLength = 50_000;

    private readonly EventFd _stop = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _bound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Everything below belongs to the thread.
    private readonly Queue<(uint Id, long Due)> _held = new();
    private readonly long _delayTicks;
    private readonly LossDice _dice;

    public DelayQueue(Host host, ushort number, TimeSpan delay, double loss)
    {
        _delayTicks = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        _dice = new LossDice(loss);
        var options = new NfQueueOptions(number)
        {
            Mode = NfQueueMode.CopyMeta,
            Order = VerdictOrder.Any,
            QueueLength = QueueLength,
            // Where packets are lost they are lost one by one, so super-packets are cut first.
            GsoSuperPackets = loss == 0,
        };
        _thread = new Thread(() => Run(host, options)) { IsBackground = true, Name = $"delay {host.Name} {number}" };
        _thread.Start();
    }

    /// <summary>Completes when the kernel hands packets over; fails with what the kernel said.</summary>
    public Task Bound => _bound.Task;

    /// <summary>Ends the thread. Packets that are held are lost.</summary>
    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run(Host host, NfQueueOptions options)
    {
        try
        {
            Native.EnterNetwork(host.NamespacePath);
            Native.PreferThisThread();
            using var queue = new NfQueue(options);
            _bound.SetResult();
            while (!_stop.Drain())
            {
                Wait(queue);
                Take(queue);
                Release(queue);
                queue.Verdicts.Flush();
            }
        }
#pragma warning disable CA1031 // Reported to whoever waits for Bound.
        catch (Exception e) when (!_bound.Task.IsCompleted)
#pragma warning restore CA1031
        {
            _bound.SetException(e);
        }
    }

    /// <summary>Until a packet comes, the oldest one is due, or the end.</summary>
    private void Wait(NfQueue queue)
    {
        TimeSpan? left = _held.TryPeek(out var oldest) ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), oldest.Due) : null;
        Native.WaitReadable(queue.Descriptor, _stop.Descriptor, left);
    }

    private void Take(NfQueue queue)
    {
        while (queue.Receive(timeoutMilliseconds: 0) > 0)
        {
            long due = Stopwatch.GetTimestamp() + _delayTicks;
            for (int i = 0; i < queue.Count; i++)
            {
                if (_dice.Loses())
                {
                    queue.Verdicts.Drop(queue[i].Id);
                }
                else
                {
                    _held.Enqueue((queue[i].Id, due));
                }
            }
        }
    }

    private void Release(NfQueue queue)
    {
        long now = Stopwatch.GetTimestamp();
        while (_held.TryPeek(out var oldest) && oldest.Due <= now)
        {
            queue.Verdicts.Accept(oldest.Id);
            _held.Dequeue();
        }
    }
}
