namespace NTMobile.Cli;

/// <summary>What the shell gets.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Refused = 1; // The service, a peer or a server said no, or the command failed here.
    public const int Usage = 2;
    public const int NotRunning = 3;
}
