using NTMobile.Storage;

namespace NTMobile.ServerHost.Composition;

/// <summary>The files of the server: one folder for the owner alone (mode 0700).</summary>
/// <param name="path">The folder.</param>
internal sealed class StateDirectory(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Makes the folder if it is not there.</summary>
    /// <exception cref="StartException">It cannot be made.</exception>
    public static StateDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            return new StateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"stateDirectory: {path} cannot be made: {error.Message}", error);
        }
    }

    /// <summary>A file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(path, name);

    /// <summary>Opens the store of the roles; a damaged one is set aside, which is logged.</summary>
    /// <exception cref="StoreException">It cannot be opened.</exception>
    public StoreFile OpenStore(TimeProvider time, ILogger logger)
    {
        StoreFile store = StoreFile.Open(File("server.db"), time, out StoreReport report);
        if (report is { SetAside: { } aside, Message: { } reason })
        {
            ServerLog.StoreSetAside(logger, aside, reason);
        }

        return store;
    }
}
