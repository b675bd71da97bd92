namespace NTMobile.RouterDaemon.Web;

/// <summary>Mark on connections of the Unix socket: the file's mode has decided already who may.</summary>
internal sealed class TrustedConnection
{
    public static TrustedConnection Instance { get; } = new();

    public static bool IsOn(HttpContext context) => context.Features.Get<TrustedConnection>() is not null;
}
