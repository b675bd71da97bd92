using NTMobile.ServerHost.Composition;
using NTMobile.ServerHost.Configuration;

namespace NTMobile.ServerHost.Commands;

/// <summary><c>ntm-server run</c>.</summary>
internal static class RunCommand
{
    /// <summary>Runs the roles until it is told to stop. Prints one line to standard output when all sockets listen; logs go to standard error.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(ServerConfig config, CancellationToken stop)
    {
        using ILoggerFactory logs = CreateLogs();
        await using ServerProcess server = await ServerProcess.StartAsync(config, logs, TimeProvider.System, stop).ConfigureAwait(false);
        Console.WriteLine("ntm-server ready");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static ILoggerFactory CreateLogs() => LoggerFactory.Create(builder =>
    {
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddSimpleConsole(options => options.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
