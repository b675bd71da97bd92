namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>
/// Slows down guessing. Each client (an address, or a browser that has logged in before) has its own count: three tries at once, then 1, 2, 4 … 60 s
/// between tries. Nobody else's tries make a client wait, and no wait is longer than a minute, so the owner is never locked out.
/// </summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int FreeTries = 3;
    private const int MaxClients = 1024; // Beyond that the one that has been quiet for longest gives way.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Forgiven = TimeSpan.FromHours(1);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);

    private TimeSpan Now => time.GetElapsedTime(_start); // Monotonic: a router without a battery clock jumps by years.

    /// <summary>Counts one try in advance, so that many at once are counted too.</summary>
    /// <returns>Zero: try now. Else: do not even look at the password before this time has passed.</returns>
    public TimeSpan Begin(string key)
    {
        lock (_gate)
        {
            var now = Now;
            if (!_clients.TryGetValue(key, out var client) || now - client.Last > Forgiven)
            {
                MakeRoom(key);
                client = new(0, now, now);
            }

            if (client.Next > now)
            {
                return client.Next - now;
            }

            var tries = client.Tries + 1;
            _clients[key] = new(tries, now, now + WaitAfter(tries));
            return TimeSpan.Zero;
        }
    }

    /// <summary>How long the client has to wait now.</summary>
    public TimeSpan WaitOf(string key)
    {
        lock (_gate)
        {
            var wait = _clients.TryGetValue(key, out var client) ? client.Next - Now : TimeSpan.Zero;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>The password was right: the count starts anew.</summary>
    public void Forgive(string key)
    {
        lock (_gate)
        {
            _clients.Remove(key);
        }
    }

    private static TimeSpan WaitAfter(int tries)
    {
        if (tries < FreeTries)
        {
            return TimeSpan.Zero;
        }

        var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(tries - FreeTries, 10)));
        return wait < MaxWait ? wait : MaxWait;
    }

    private void MakeRoom(string key)
    {
        if (_clients.Count >= MaxClients && !_clients.ContainsKey(key))
        {
            _clients.Remove(_clients.MinBy(c => c.Value.Last).Key);
        }
    }

    private readonly record struct Client(int Tries, TimeSpan Last, TimeSpan Next);
}
