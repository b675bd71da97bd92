using System.Diagnostics;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Streams;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>
/// The tunnel's sockets: one for each uplink, under its number, and further ones beside them under numbers of their own. The uplink watcher publishes
/// the first kind, the control loop opens the second; packet loops read. Ends after all of them.
/// </summary>
internal sealed class UplinkSockets : IDisposable
{
    // Above the numbers of all uplinks.
    private const int FirstFurther = 1 << 24;
    private const int FurtherBuffer = 1 << 20;

    // By then no sender can hold a socket that was left out; the receive thread tells by itself.
    private static readonly TimeSpan Retirement = TimeSpan.FromSeconds(2);
    private readonly Lock _changing = new();
    private readonly List<UdpSocket> _retired = [];
    private Dictionary<int, UdpSocket> _own = [];
    private Dictionary<int, (int Interface, UdpSocket Socket)> _further = [];
    private volatile Dictionary<int, UdpSocket> _byNumber = [];
    private readonly ITimer _retirement;
    private int _lastFurther = FirstFurther;

    private int _waiting;

    /// <param name="time">Tells when sockets may be closed that were left out.</param>
    /// <param name="streams">Where datagrams to TCP endpoints go, borrowed; null: nowhere.</param>
    public UplinkSockets(TimeProvider time, StreamTable? streams = null)
    {
        Streams = streams;
        _retirement = time.CreateTimer(_ => Retire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a loop waits for room in a socket's buffer just now.</summary>
    public bool AreFull => Volatile.Read(ref _waiting) > 0;

    /// <summary>Datagrams that the receive thread is to look at once more.</summary>
    public ReturnedDatagrams Returned { get; } = new();

    /// <summary>Where datagrams to TCP endpoints go.</summary>
    public StreamTable? Streams { get; }

    /// <summary>Told of all sockets after each change.</summary>
    public Action<IReadOnlyList<UdpSocket>> Changed { get; set; } = static _ => { };

    /// <summary>Tells whether the sockets of the last change are the only ones still read from.</summary>
    public Func<bool> AreTakenOver { get; set; } = static () => true;

    public UdpSocket? this[int number] => _byNumber.GetValueOrDefault(number);

    /// <summary>The uplinks' own sockets by number.</summary>
    public IReadOnlyDictionary<int, UdpSocket> Own => _own;

    /// <summary>All sockets by number.</summary>
    public IReadOnlyDictionary<int, UdpSocket> All => _byNumber;

    /// <summary>Waits until a socket takes more, or for a time in ms, and fits its buffer to the time it took.</summary>
    public void WaitWritable(UdpSocket socket, int milliseconds)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            var begin = Stopwatch.GetTimestamp();
            socket.WaitWritable(milliseconds);
            socket.FitSendBuffer(Stopwatch.GetElapsedTime(begin));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Other uplinks from now on; further sockets stay with their uplinks. What is left out is closed two seconds after the last change, when nothing reads it any more.</summary>
    public void Publish(Dictionary<int, UdpSocket> sockets)
    {
        lock (_changing)
        {
            _own = sockets;
            Apply(_further.Where(f => sockets.ContainsKey(f.Value.Interface)).ToDictionary());
        }
    }

    /// <summary>Opens further sockets on an uplink's interface, each with a port that the kernel chooses.</summary>
    public IReadOnlyList<Uplink> Open(Uplink uplink, int count)
    {
        var opened = new List<Uplink>(count);
        lock (_changing)
        {
            var further = new Dictionary<int, (int, UdpSocket)>(_further);
            while (opened.Count < count && TryOpen(uplink, _lastFurther + 1) is { } socket)
            {
                further[++_lastFurther] = (uplink.Number, socket);
                opened.Add(uplink with { Number = _lastFurther, Local = uplink.Local.WithPort(socket.Local.Port), Owner = uplink.Number });
            }

            Apply(further);
        }

        return opened;
    }

    /// <summary>Closes further sockets, as <see cref="Publish"/> does.</summary>
    public void Close(IReadOnlyCollection<int> numbers)
    {
        lock (_changing)
        {
            Apply(_further.Where(f => !numbers.Contains(f.Key)).ToDictionary());
        }
    }

    public void Dispose()
    {
        _retirement.Dispose();
        lock (_changing)
        {
            _retired.AddRange(_byNumber.Values);
            CloseRetired();
        }
    }

    private static UdpSocket? TryOpen(Uplink uplink, int number)
    {
        try
        {
            return new UdpSocket(new UdpSocketOptions(uplink is { Local.IsIpv4: true, Nat64: null } ? Endpoint.FromIpv4(0, 0) : Endpoint.FromIpv6(0, 0))
            {
                Nat64 = uplink.Nat64,
                Device = uplink.Name,
                Number = number,
                BatchSize = 1,
                ReceiveBuffer = FurtherBuffer,
                SendBuffer = FurtherBuffer,
            });
        }
        catch (Linux.LinuxException)
        {
            return null; // no more descriptors, or the interface went away: those that are open have to do
        }
    }

    private void Apply(Dictionary<int, (int Interface, UdpSocket Socket)> further)
    {
        _further = further;
        var now = _own.Concat(further.Select(f => KeyValuePair.Create(f.Key, f.Value.Socket))).ToDictionary();
        _retired.AddRange(_byNumber.Where(s => !now.ContainsKey(s.Key)).Select(s => s.Value));
        _byNumber = now;
        _retirement.Change(Retirement, Timeout.InfiniteTimeSpan);
        Changed([.. now.Values]);
    }

    private void Retire()
    {
        lock (_changing)
        {
            if (AreTakenOver())
            {
                CloseRetired();
            }
            else
            {
                _retirement.Change(Retirement, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void CloseRetired()
    {
        _retired.ForEach(s => s.Dispose());
        _retired.Clear();
    }
}
