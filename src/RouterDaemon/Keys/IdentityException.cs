namespace NTMobile.RouterDaemon.Keys;

/// <summary>The node's identity cannot be used. The service must stop; the message tells the owner what to do.</summary>
internal sealed class IdentityException(string message, Exception? inner = null) : Exception(message, inner);
