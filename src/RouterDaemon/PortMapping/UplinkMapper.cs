using System.Security.Cryptography;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>What is open for an uplink.</summary>
/// <param name="Protocol">By which protocol.</param>
/// <param name="Outside">Where it is seen from outside, as the gateway says.</param>
internal sealed record OpenMapping(string Protocol, Endpoint Outside);

/// <summary>
/// Keeps one uplink's port open: the first protocol that the gateway grants it by, renewed at half of the time that is left; while it grants none,
/// all are asked again after longer and longer pauses.
/// </summary>
internal sealed class UplinkMapper : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1024); // RFC 6887 §8.1.1
    private static readonly TimeSpan LongestRenewal = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(4); // RFC 6887 §11.2.1
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(1);
    private const int SpreadMs = 5000; // RFC 6887 §14.1.3: after a restart not all clients ask at once
    private readonly GatewayLink _link;
    private readonly IReadOnlyList<IMappingProtocol> _protocols;
    private readonly TimeProvider _time;
    private readonly Action _changed;
    private readonly DaemonLog _log;
    private readonly EpochClock _epochs;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private TaskCompletionSource _restarted = new();

    /// <param name="link">The socket and its gateway.</param>
    /// <param name="protocols">The preferred one first; those that are disposable are disposed of at the end.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called when <see cref="Open"/> or <see cref="HasAsked"/> is another.</param>
    /// <param name="log">The service's log.</param>
    public UplinkMapper(GatewayLink link, IReadOnlyList<IMappingProtocol> protocols, TimeProvider time, Action changed, DaemonLog log)
    {
        _link = link;
        _protocols = protocols;
        _time = time;
        _changed = changed;
        _log = log;
        _epochs = new EpochClock(time);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What is open now; null: nothing.</summary>
    public OpenMapping? Open { get; private set; }

    /// <summary>Whether the gateway was asked by all protocols, or one has succeeded.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>Closes the port, if the gateway hears it, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        var listening = RestartListener.ListenAsync(_link, OnEpoch, _end.Token);
        try
        {
            await KeepOpenAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.PortMappingFailed(e, _link.Gateway.ToString());
            Show(null);
        }

        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var protocol in _protocols.OfType<IDisposable>())
        {
            protocol.Dispose();
        }
    }

    private async Task KeepOpenAsync(CancellationToken cancel)
    {
        var pause = FirstPause;
        while (true)
        {
            foreach (var protocol in _protocols)
            {
                if (await protocol.OpenAsync(cancel).ConfigureAwait(false) is { } port)
                {
                    await RenewAsync(protocol, port, cancel).ConfigureAwait(false);
                    pause = TimeSpan.Zero; // it was open until now
                    break;
                }
            }

            Show(null);
            await PauseAsync(pause, cancel).ConfigureAwait(false);
            pause = pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
        }
    }

    // Until the gateway no longer grants it, and its time is over.
    private async Task RenewAsync(IMappingProtocol protocol, OpenPort port, CancellationToken cancel)
    {
        while (true)
        {
            Show(new OpenMapping(protocol.Name, port.Outside));
            if (port.Epoch is { } epoch && _epochs.ShowsRestart(epoch))
            {
                _log.GatewayRestarted(_link.Gateway.ToString());
            }

            var opened = _time.GetTimestamp();
            OpenPort? renewed;
            do
            {
                var left = port.Lifetime - _time.GetElapsedTime(opened);
                if (left <= TimeSpan.Zero)
                {
                    return;
                }

                await PauseAsync(TimeSpan.FromTicks(Math.Clamp(left.Ticks / 2, ShortestRenewal.Ticks, LongestRenewal.Ticks)), cancel).ConfigureAwait(false);
                renewed = await protocol.OpenAsync(cancel).ConfigureAwait(false);
            }
            while (renewed is null);
            port = renewed;
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var restarted = Volatile.Read(ref _restarted).Task;
        await Task.WhenAny(restarted, Task.Delay(pause, _time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (restarted.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(SpreadMs)), _time, cancel).ConfigureAwait(false);
            Volatile.Write(ref _restarted, new TaskCompletionSource());
        }
    }

    private void OnEpoch(uint epoch)
    {
        if (_epochs.ShowsRestart(epoch))
        {
            _log.GatewayRestarted(_link.Gateway.ToString());
            Volatile.Read(ref _restarted).TrySetResult();
        }
    }

    private async Task CloseAsync()
    {
        using var late = new CancellationTokenSource(Closing, _time);
        foreach (var protocol in _protocols)
        {
            try
            {
                await protocol.CloseAsync(late.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // it ends by itself
            }
        }
    }

    private void Show(OpenMapping? open)
    {
        if (HasAsked && open == Open)
        {
            return;
        }

        if (open is not null)
        {
            _log.PortOpened($"{_link.Local}", $"{open.Outside}", open.Protocol);
        }
        else if (Open is not null)
        {
            _log.PortLost($"{_link.Local}", $"{Open.Outside}");
        }

        (Open, HasAsked) = (open, true);
        _changed();
    }
}
