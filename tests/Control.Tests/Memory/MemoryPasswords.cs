using NTMobile.RouterDaemon.Web.Login;

namespace NTMobile.Control.Tests.Memory;

/// <summary>A password store that forgets with the process.</summary>
public sealed class MemoryPasswords : IPasswordStore
{
    private volatile string? _line;

    public string? Read() => _line;

    public void Write(string? line) => _line = line;
}
