using System.Security.Cryptography;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>Who is logged in. Kept in memory only: a restart logs everybody out.</summary>
internal sealed class LoginTable(TimeProvider time, TimeSpan idle, TimeSpan limit)
{
    private const int MaxLogins = 32; // The one unused for longest gives way.
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Starts a log-in.</summary>
    /// <returns>The cookie's value.</returns>
    public string Add()
    {
        lock (_gate)
        {
            if (_entries.Count >= MaxLogins)
            {
                _entries.Remove(_entries.MinBy(e => e.Value.Used).Key);
            }

            var id = NewToken();
            _entries[id] = new(NewToken(), Now, Now);
            return id;
        }
    }

    /// <summary>The CSRF token of a log-in that holds; null when it does not.</summary>
    /// <param name="id">The cookie's value, if any.</param>
    /// <param name="touch">True: the user did something, the idle time starts anew.</param>
    public string? Find(string? id, bool touch)
    {
        if (id is null)
        {
            return null;
        }

        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry))
            {
                return null;
            }

            var now = Now;
            if (now - entry.Used > idle || now - entry.Since > limit)
            {
                _entries.Remove(id);
                return null;
            }

            if (touch)
            {
                _entries[id] = entry with { Used = now };
            }

            return entry.Csrf;
        }
    }

    public void Remove(string? id)
    {
        lock (_gate)
        {
            _entries.Remove(id ?? "");
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    /// <summary>256 random bits.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private readonly record struct Entry(string Csrf, TimeSpan Since, TimeSpan Used);
}
