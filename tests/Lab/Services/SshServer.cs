namespace NTMobile.Lab;

/// <summary>OpenSSH's server in a namespace, with a host key and a user key of its own; root may log in with that key only.</summary>
public sealed class SshServer
{
    private readonly string _folder;

    private SshServer(string folder, int port)
    {
        _folder = folder;
        Port = port;
    }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>Starts the server; completes when it listens.</summary>
    public static async Task<SshServer> StartAsync(Host host, int port = 22)
    {
        string folder = Directory.CreateDirectory(host.NewLogFile($"{host.Name}-sshd", "d")).FullName;
        foreach (string key in new[] { "host", "user" })
        {
            (await Tool.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/{key}"]).ConfigureAwait(false))
                .ThrowIfFailed();
        }

        // UsePAM and StrictModes would ask the machine for what only a real log-in has. There is no Subsystem: sftp stays off.
        await File.WriteAllTextAsync($"{folder}/config", $"""
            Port {port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/user.pub
            PidFile none
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            StrictModes no
            UsePAM no
            """).ConfigureAwait(false);
        var spec = new ProcessSpec { Command = "/usr/sbin/sshd", Arguments = ["-D", "-e", "-f", $"{folder}/config"] };
        await DaemonProcess.StartAsync(host, spec, Readiness.Line($"Server listening on .* port {port}")).ConfigureAwait(false);
        return new(folder, port);
    }

    /// <summary>The words after `ssh` that log in at an address or name and run a command: `client.RunAsync("ssh", …)`.</summary>
    public IReadOnlyList<string> Arguments(string server, params IEnumerable<string> command) =>
    [
        "-F", "none", "-p", $"{Port}", "-i", $"{_folder}/user", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=10",
        $"root@{server}", .. command,
    ];
}
