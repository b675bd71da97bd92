namespace NTMobile.Lab;

/// <summary>How a long-running process is started.</summary>
public sealed record ProcessSpec
{
    /// <summary>The executable, looked up in PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, each one passed whole.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The name in the log file's name; the command's own name when null.</summary>
    public string? Name { get; init; }

    /// <summary>The working directory; the laboratory's own when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the laboratory's own; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// A .NET program: a path that ends in .dll runs under `dotnet`, any other path is taken for an executable.
    /// The debugger's sockets are left out, since a killed process would leave them in /tmp.
    /// </summary>
    public static ProcessSpec DotNet(string program, params IEnumerable<string> arguments)
    {
        bool managed = program.EndsWith(".dll", StringComparison.Ordinal);
        return new()
        {
            Command = managed ? "dotnet" : program,
            Arguments = managed ? [program, .. arguments] : [.. arguments],
            Name = Path.GetFileNameWithoutExtension(program),
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" },
        };
    }
}
