namespace NTMobile.ServerHost;

/// <summary>What the server logs. Event ids are fixed.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "{Role} listens on {Local}")]
    public static partial void Listening(ILogger logger, string role, string local);

    [LoggerMessage(2, LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "{Role} failed on a datagram; it was dropped")]
    public static partial void RoleFailed(ILogger logger, string role, Exception error);

    [LoggerMessage(4, LogLevel.Error, "The registrations could not be stored: {Reason}")]
    public static partial void StoreFailed(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The store was damaged and was set aside as {Path}: {Reason}")]
    public static partial void StoreSetAside(ILogger logger, string path, string reason);

    [LoggerMessage(6, LogLevel.Information, "Certificate of {Name} for the role {Role} issued")]
    public static partial void CertificateIssued(ILogger logger, string name, string role);
}
