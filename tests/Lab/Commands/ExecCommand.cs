namespace NTMobile.Lab;

/// <summary>`ntm-lab exec`: becomes nsenter(1), so that the terminal, signals and exit code are the command's own.</summary>
internal static class ExecCommand
{
    public static int Run(string host, string command, IEnumerable<string> arguments)
    {
        string[] enter = ["-t", LabState.InnerPid(), "-m", "-n", "-p", "--", "ip", "netns", "exec", host, command];
        Native.Execute("/usr/bin/nsenter", [.. enter, .. arguments]);
        return 1;
    }
}
