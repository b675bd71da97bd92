namespace NTMobile.NetfilterBridge;

/// <summary>The packet filter's rules could not be changed.</summary>
/// <param name="message">What was tried and what the tool said.</param>
/// <param name="inner">The cause, if another exception is it.</param>
public sealed class RuleSetException(string message, Exception? inner = null) : Exception(message, inner);
