using System.Collections.Concurrent;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.Security;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The control loop: owns the node, its thread and its mailbox. Nothing here blocks; what takes long runs elsewhere and comes back as an event.
/// </summary>
internal sealed class NodeHost : IDisposable
{
    private const int MailboxBound = 16384;
    private const int LongestWaitMs = 250;
    private readonly ConcurrentQueue<NodeEvent> _mailbox = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly TimeProvider _time;
    private readonly IActions _actions;
    private readonly DaemonLog _log;
    private readonly Thread _thread;
    private volatile Node? _node;
    private volatile bool _stopping;

    public NodeHost(TimeProvider time, UplinkSockets sockets, TunDevice tun, IRecordKeeper records, DaemonLog log)
        : this(time, host => new NodeActions(host, sockets, tun, records), log)
    {
    }

    /// <summary>With other actions, for a node without a network.</summary>
    internal NodeHost(TimeProvider time, Func<NodeHost, IActions> actions, DaemonLog log)
    {
        _time = time;
        _actions = actions(this);
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "control" };
    }

    /// <summary>The packet path; null while there is no node.</summary>
    public Router? Router => _node?.Router;

    /// <summary>Milliseconds of the node's clock.</summary>
    public long NowMs => _time.GetTimestamp() / (_time.TimestampFrequency / 1000);

    public void Start() => _thread.Start();

    /// <summary>Counts what was lost outside the router.</summary>
    public void CountDrops(DropReason reason, long count) => Router?.Drops.Add(reason, count);

    /// <summary>Puts a node in place (at the start, or after enrolment).</summary>
    /// <param name="settings">Who it is.</param>
    /// <param name="first">What it must know before anything else.</param>
    public void Use(NodeSettings settings, IEnumerable<NodeEvent> first)
    {
        var node = new Node(settings, _time, SystemRandom.Instance, Tell);
        foreach (var happened in first)
        {
            _mailbox.Enqueue(happened);
        }

        _node = node;
        _news.Set();
    }

    /// <summary>Puts an event into the mailbox; events of packet loops are refused when it is full.</summary>
    public bool Tell(NodeEvent happened)
    {
        if (_mailbox.Count >= MailboxBound)
        {
            return false;
        }

        _mailbox.Enqueue(happened);
        _news.Set();
        return true;
    }

    /// <summary>Asks the node; null when there is none or it does not answer in time.</summary>
    public async Task<NodeStatus?> GetStatusAsync()
    {
        if (_node is null)
        {
            return null;
        }

        var answer = new TaskCompletionSource<NodeStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(new StatusRequested(status => answer.TrySetResult(status)));
        try
        {
            return await answer.Task.WaitAsync(TimeSpan.FromSeconds(5), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Tell(new Stopping());
        _stopping = true;
        _news.Set();
        _thread.Join();
        (_actions as IDisposable)?.Dispose();
        _news.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            var node = _node;
            while (node is not null && _mailbox.TryDequeue(out var happened))
            {
                Step(node, happened);
            }

            if (_stopping)
            {
                return;
            }

            var wait = node is null ? LongestWaitMs : Math.Clamp(node.DueMs - NowMs, 0, LongestWaitMs);
            if (wait > 0 && (node is null || _mailbox.IsEmpty))
            {
                _news.WaitOne((int)wait);
            }

            if (node is not null && NowMs >= node.DueMs)
            {
                Step(node, Tick.Instance);
            }
        }
    }

    private void Step(Node node, NodeEvent happened)
    {
        try
        {
            node.Step(happened, _actions);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.StepFailed(e, happened.GetType().Name); // one bad event must not take the sessions down
        }
    }
}
