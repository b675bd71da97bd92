using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace NTMobile.Lab;

/// <summary>
/// Puts the current process into mount, network and pid namespaces of its own, so that names never collide with those of
/// another run and a kill leaves nothing behind.
/// </summary>
public static class LabHost
{
    /// <summary>The unshare(1) call that <see cref="EnsureIsolated"/> makes; scripts may make it themselves.</summary>
    private static readonly string[] Unshare = ["-m", "-n", "-p", "--fork", "--kill-child", "--mount-proc", "--"];

    // Kept from the collector for as long as the process lives.
    private static readonly List<PosixSignalRegistration> Signals = [];

    private static bool prepared;

    /// <summary>
    /// The pid of the unshare(1) process as its starter sees it, or 0 when a script started unshare itself.
    /// Its only child is the laboratory.
    /// </summary>
    public static int OuterPid =>
        int.TryParse(Environment.GetEnvironmentVariable(OuterPidVariable), out int pid) ? pid : 0;

    internal const string OuterPidVariable = "NTM_LAB_OUTER_PID";

    /// <summary>
    /// Returns in a process that is isolated. If the current one is not, it is replaced (execve) by unshare(1) with the same
    /// program, arguments, standard streams and exit code, so call this first in Main. Ends the process with code 1 and a
    /// sentence when it does not run as root.
    /// </summary>
    public static void EnsureIsolated()
    {
        if (prepared)
        {
            return;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("The laboratory makes network namespaces: run it as root.");
            Environment.Exit(1);
        }

        if (!IsIsolated())
        {
            Environment.SetEnvironmentVariable(OuterPidVariable, Environment.ProcessId.ToString());
            Native.Execute("/usr/bin/unshare", [.. Unshare, .. OwnCommandLine()]);
        }

        Prepare();
        prepared = true;
    }

    /// <summary>Process 1 of a pid namespace whose network has nothing but loopback devices is taken for isolated.</summary>
    private static bool IsIsolated() =>
        Environment.ProcessId == 1
        && NetworkInterface.GetAllNetworkInterfaces().All(n => n.OperationalStatus != OperationalStatus.Up
            || n.NetworkInterfaceType == NetworkInterfaceType.Loopback);

    private static IEnumerable<string> OwnCommandLine()
    {
        string[] arguments = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        return arguments.Skip(1).Prepend(Environment.ProcessPath ?? arguments[0]);
    }

    private static void Prepare()
    {
        // The mount namespace is ours and private: these hide the machine's directories from us only.
        Native.MountTmpfs("/run");
        if (new DirectoryInfo("/var/run") is { Exists: true, LinkTarget: null })
        {
            Native.MountTmpfs("/var/run");
        }

        // iproute2 binds /etc/netns/NAME/* over /etc. An empty directory is left on a machine that had none.
        Directory.CreateDirectory("/etc/netns");
        Native.MountTmpfs("/etc/netns");
        Directory.CreateDirectory(NetworkNamespace.Folder);
        Directory.CreateDirectory("/run/lock");
        Directory.CreateDirectory("/run/sshd");

        // The default action of a signal does not reach process 1, so ending has to be said.
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            Signals.Add(PosixSignalRegistration.Create(signal, End));
        }
    }

    // At once and whatever the other threads do: everything of the laboratory goes with process 1, and nothing is left to flush.
    private static void End(PosixSignalContext context)
    {
        int number = context.Signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, _ => 15 };
        LibC._exit(128 + number);
    }
}
