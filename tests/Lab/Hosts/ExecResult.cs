namespace NTMobile.Lab;

/// <summary>What a finished command left.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">0 is success.</param>
/// <param name="Output">Standard output, whole.</param>
/// <param name="Errors">Standard error, whole.</param>
public sealed record ExecResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>True when the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Throws <see cref="LabException"/> with the command's own words unless it succeeded.</summary>
    public ExecResult ThrowIfFailed() =>
        Succeeded ? this : throw new LabException($"`{Command}` ended with {ExitCode}: {Errors.Trim()} {Output.Trim()}");
}
