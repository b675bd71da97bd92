namespace NTMobile.RouterDaemon.Web.Login;

/// <summary>Keeps one line of text over restarts: the hash of the page's password with its parameters. Called at log-in only.</summary>
public interface IPasswordStore
{
    /// <summary>The line as it was written; null when none was ever, or it was taken away.</summary>
    string? Read();

    /// <summary>Replaces the line, durably before it returns; null takes it away.</summary>
    void Write(string? line);
}
