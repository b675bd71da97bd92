using System.Globalization;

namespace NTMobile.Lab;

/// <summary>
/// The folder through which other terminals find the running world. A killed world's folder stays, and the next one takes it over.
/// </summary>
internal static class LabState
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("NTM_LAB_STATE") ?? "/tmp/ntm-lab";

    /// <summary>The Unix socket that takes commands.</summary>
    public static string SocketPath => Path.Combine(Folder, "control");

    public static string Logs => Path.Combine(Folder, "logs");

    private static string PidPath => Path.Combine(Folder, "pid");

    /// <summary>Called before the world is built.</summary>
    public static void TakeOver()
    {
#pragma warning disable CA1416 // A laboratory of network namespaces is Linux only.
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        if (Directory.Exists(Logs))
        {
            Directory.Delete(Logs, recursive: true);
        }

        File.WriteAllText(PidPath, LabHost.OuterPid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The laboratory's process 1, as this terminal sees it: the only child of the unshare(1) process.</summary>
    public static string InnerPid()
    {
        try
        {
            string outer = File.ReadAllText(PidPath);
            return File.ReadAllText($"/proc/{outer}/task/{outer}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        }
        catch (Exception e) when (e is IOException or IndexOutOfRangeException)
        {
            throw new LabException($"no world runs with the folder {Folder} (ntm-lab up)", e);
        }
    }
}
