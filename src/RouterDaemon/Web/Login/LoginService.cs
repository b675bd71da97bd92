using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>The page's one password and who has shown it.</summary>
internal sealed class LoginService(IPasswordStore store, LocalApiOptions options, TimeProvider time, ILogger log) : IDisposable
{
    private const string LoginCookie = "ntm-login";
    private const string KnownCookie = "ntm-known";
    private const int MaxWaiting = 6; // Hashing is slow on purpose: one at a time, and a few wait. A known browser may always wait.
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(365);

    private readonly LoginThrottle _throttle = new(time);
    private readonly LoginTable _logins = new(time, options.LoginIdle, options.LoginLimit);
    private readonly string _openToken = LoginTable.NewToken(); // CSRF token before log-in: other sites cannot read it.
    private readonly SemaphoreSlim _hashing = new(1);
    private int _waiting;

    public bool IsPasswordSet => store.Read() is not null;

    public LoginState StateOf(HttpContext context)
    {
        var csrf = _logins.Find(context.Request.Cookies[LoginCookie], touch: true);
        return new(IsPasswordSet, csrf is not null, csrf ?? _openToken, PasswordHash.MinLength);
    }

    public bool IsLoggedIn(HttpContext context) => _logins.Find(context.Request.Cookies[LoginCookie], touch: false) is not null;

    public bool Touch(HttpContext context) => _logins.Find(context.Request.Cookies[LoginCookie], touch: true) is not null;

    public bool IsToken(HttpContext context, string token)
    {
        var wanted = _logins.Find(context.Request.Cookies[LoginCookie], touch: false) ?? _openToken;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(wanted), Encoding.UTF8.GetBytes(token));
    }

    /// <summary>The first visit: sets the password and logs in.</summary>
    public async Task<ControlError?> SetFirstAsync(HttpContext context, string password)
    {
        if (CheckNew(password) is { } problem)
        {
            return problem;
        }

        await _hashing.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            if (IsPasswordSet)
            {
                return ControlError.Conflict("A password is set already: log in with it.");
            }

            store.Write(await Task.Run(() => PasswordHash.Make(password)).ConfigureAwait(false));
        }
        finally
        {
            _hashing.Release();
        }

        WebLog.PasswordChanged(log, "set");
        LogIn(context);
        return null;
    }

    public async Task<ControlError?> LogInAsync(HttpContext context, string password)
    {
        if (await CheckAsync(context, password).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        LogIn(context);
        return null;
    }

    /// <summary>Needs the old password even of a logged-in browser; every other browser is logged out.</summary>
    public async Task<ControlError?> ChangeAsync(HttpContext context, string old, string password)
    {
        var refusal = CheckNew(password) ?? await CheckAsync(context, old).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        store.Write(await Task.Run(() => PasswordHash.Make(password)).ConfigureAwait(false));
        WebLog.PasswordChanged(log, "changed");
        _logins.Clear();
        LogIn(context);
        return null;
    }

    /// <summary>For an owner who forgot it, over the Unix socket: the next visit sets a new one.</summary>
    public void Reset()
    {
        store.Write(null);
        _logins.Clear();
        WebLog.PasswordChanged(log, "taken away by the command line");
    }

    public void LogOut(HttpContext context)
    {
        _logins.Remove(context.Request.Cookies[LoginCookie]);
        context.Response.Cookies.Delete(LoginCookie);
    }

    public void Dispose() => _hashing.Dispose();

    private static ControlError? CheckNew(string password) => password.Length switch
    {
        < PasswordHash.MinLength => ControlError.Invalid($"A password has at least {PasswordHash.MinLength} characters."),
        > PasswordHash.MaxLength => ControlError.Invalid($"A password has at most {PasswordHash.MaxLength} characters."),
        _ => null,
    };

    private async Task<ControlError?> CheckAsync(HttpContext context, string password)
    {
        if (store.Read() is not { } line)
        {
            return new(ControlErrorCodes.PasswordNotSet, "Set a password first.");
        }

        var known = KnownBrowser.Find(context.Request.Cookies[KnownCookie], line);
        var client = known is null ? AddressOf(context) : "known " + known;
        if (_throttle.Begin(client) is { Ticks: > 0 } wait)
        {
            return TooMany(context, wait);
        }

        if (await VerifyAsync(password, line, known is not null, context.RequestAborted).ConfigureAwait(false) is not { } right)
        {
            return TooMany(context, TimeSpan.FromSeconds(1));
        }

        if (right)
        {
            _throttle.Forgive(client);
            return null;
        }

        var next = _throttle.WaitOf(client);
        WebLog.WrongPassword(log, AddressOf(context), next.TotalSeconds);
        SetRetryAfter(context, next);
        return ControlError.Refused("That is not the password.");
    }

    /// <summary>Null when too many others are waiting.</summary>
    private async Task<bool?> VerifyAsync(string password, string line, bool known, CancellationToken cancel)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting && !known)
            {
                return null;
            }

            await _hashing.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return password.Length <= PasswordHash.MaxLength && await Task.Run(() => PasswordHash.Verify(password, line), cancel).ConfigureAwait(false);
            }
            finally
            {
                _hashing.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void LogIn(HttpContext context)
    {
        _logins.Remove(context.Request.Cookies[LoginCookie]);
        var cookies = context.Response.Cookies;
        cookies.Append(LoginCookie, _logins.Add(), Cookie("/", null));
        cookies.Append(KnownCookie, KnownBrowser.Make(store.Read() ?? ""), Cookie("/api/login", KnownFor));
    }

    private static CookieOptions Cookie(string path, TimeSpan? keep) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = path, MaxAge = keep, IsEssential = true };

    private static ControlError TooMany(HttpContext context, TimeSpan wait)
    {
        SetRetryAfter(context, wait);
        return new(ControlErrorCodes.TooMany, $"Too many tries. Wait {Math.Ceiling(wait.TotalSeconds)} s.");
    }

    private static void SetRetryAfter(HttpContext context, TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
        {
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString();
        }
    }

    // One IPv6 host has a whole /64 of addresses.
    private static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]) + "/64"
            : address.ToString();
    }
}
