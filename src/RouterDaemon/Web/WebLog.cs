namespace NTMobile.RouterDaemon.Web;

/// <summary>Log messages of the local API; event ids 700–719.</summary>
internal static partial class WebLog
{
    [LoggerMessage(700, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger log, string method, string path, Exception error);

    [LoggerMessage(701, LogLevel.Warning, "A wrong password for the page from {Address}; the next try waits {Seconds} s")]
    public static partial void WrongPassword(ILogger log, string address, double seconds);

    [LoggerMessage(702, LogLevel.Information, "The page's password was {What}")]
    public static partial void PasswordChanged(ILogger log, string what);
}
