namespace NTMobile.ServerHost;

/// <summary>What the server logs. Event ids are fixed.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening: {Sockets}")]
    public static partial void Listening(ILogger logger, string sockets);

    [LoggerMessage(2, LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "{Role} failed on a datagram; it was dropped")]
    public static partial void RoleFailed(ILogger logger, string role, Exception error);

    [LoggerMessage(4, LogLevel.Error, "The registrations could not be stored: {Reason}")]
    public static partial void StoreFailed(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The store was damaged and was set aside as {Path}: {Reason}")]
    public static partial void StoreSetAside(ILogger logger, string path, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The certificate could not be renewed, the present one stays in use: {Reason}")]
    public static partial void RenewalFailed(ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Warning, "The rules of rs.egress stay in the kernel: {Reason}")]
    public static partial void RulesStay(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Error, "Ordinary hosts reach published devices as before the last change, if at all: {Reason}")]
    public static partial void PublishingFailed(ILogger logger, string reason);
}
