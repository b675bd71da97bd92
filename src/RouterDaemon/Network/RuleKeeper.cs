using NTMobile.Linux;
using NTMobile.NetfilterBridge;

namespace NTMobile.RouterDaemon.Network;

/// <summary>
/// Puts the router's rules back when another program has emptied the packet filter, as <c>systemctl reload nftables</c> does: without them virtual
/// addresses are not queued, and what must go through the RS would leave in clear.
/// </summary>
internal sealed class RuleKeeper : IDisposable
{
    // After a change is dealt with: to look is two or three processes, and a firewall's reload is many changes.
    private const int PauseMs = 100;
    private const int AgainMs = 1000;
    private readonly KernelNetwork _kernel;
    private readonly DaemonLog _log;
    private readonly RuleMonitor _monitor = new();
    private readonly EventFd _wake = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public RuleKeeper(KernelNetwork kernel, DaemonLog log)
    {
        _kernel = kernel;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "rules" };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _monitor.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        var isWhole = false; // what happened before the monitor was there is looked up
        while (!_stopping)
        {
            if (!isWhole || _monitor.Wait(Timeout.Infinite, _wake.Descriptor))
            {
                isWhole = Look();
                Poller.WaitReadable(_wake.Descriptor, isWhole ? PauseMs : AgainMs);
            }
        }
    }

    private bool Look()
    {
        try
        {
            if (_kernel.RestoreRules())
            {
                _log.RulesRestored();
            }

            return true;
        }
        catch (RuleSetException e)
        {
            _log.RulesMissing(e);
            return false;
        }
    }
}
