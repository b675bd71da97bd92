namespace NTMobile.ServerHost.Configuration;

/// <summary>The configuration cannot be used; the message names the key and says what is wrong with it.</summary>
internal sealed class ConfigException(string message) : Exception(message);
