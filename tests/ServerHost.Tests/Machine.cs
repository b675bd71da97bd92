namespace NTMobile.ServerHost.Tests;

/// <summary>One ntm-server's place: an address of its own on the loopback device, a folder for its state, and its configuration.</summary>
internal sealed class Machine : IDisposable
{
    public const string Zone = "ntm.test";

    private static int _machines;
    private readonly int _number = Interlocked.Increment(ref _machines);

    /// <summary>127.x.y.n with x and y by the process: several test runs and services do not meet.</summary>
    public string Address => $"127.{1 + (Environment.ProcessId % 250)}.{1 + (Environment.ProcessId / 250 % 250)}.{_number}";

    public string Folder { get; } = Directory.CreateTempSubdirectory("ntm-srv-").FullName;

    public string ConfigFile => Path.Combine(Folder, "server.json");

    public string ControlSocket => Path.Combine(Folder, "server.sock");

    public string Ds => $"{Address}:14330";

    public string Rs => $"{Address}:14331";

    public const int DnsPort = 10053;

    public string Kms => $"{Address}:14343";

    public const int TlsPort = 10443;

    /// <summary>Writes the configuration.</summary>
    /// <param name="roles">The roles, as JSON strings.</param>
    /// <param name="ds">More keys of section <c>ds</c>.</param>
    public Machine Configure(string roles = "\"ds\", \"rs\", \"kms\"", string ds = "")
    {
        File.WriteAllText(ConfigFile, $$"""
            {
              "zone": "{{Zone}}",
              "name": "ds.{{Zone}}",
              "roles": [{{roles}}],
              "publicAddress": "{{Address}}",
              "publicAddress6": "2001:db8::10",
              "stateDirectory": "{{Path.Combine(Folder, "state")}}",
              "controlSocket": "{{ControlSocket}}",
              "ds": { "listen": "{{Ds}}", "dns": "{{Address}}:{{DnsPort}}"{{ds}} },
              "rs": { "listen": "{{Rs}}" },
              "kms": { "listen": "{{Kms}}" },
              "tls": { "listen": ["{{Address}}:{{TlsPort}}"] }
            }
            """);
        return this;
    }

    /// <summary>A command of ntm-server with this configuration.</summary>
    public Task<Finished> CommandAsync(params string[] words) =>
        Command.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "ntm-server.dll"), .. words, "--config", ConfigFile]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
