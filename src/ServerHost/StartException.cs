namespace NTMobile.ServerHost;

/// <summary>The server cannot start, or a command cannot be done; the message tells the operator why and what helps.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
