using NTMobile.Linux;
using NTMobile.NetfilterBridge;
using NTMobile.RouterDaemon;
using NTMobile.RouterDaemon.Configuration;
using NTMobile.RouterDaemon.Keys;
using NTMobile.Storage;

// ntm-router [run] [--config FILE]             the service
// ntm-router check [--config FILE]             looks at the configuration only
// ntm-router uninstall-rules [--config FILE]   takes rules, guards and routes out of the kernel
const string DefaultConfiguration = "/etc/ntm/router.json";

var command = args is [var first, ..] && !first.StartsWith('-') ? first : "run";
var at = Array.IndexOf(args, "--config");
var file = at < 0 ? DefaultConfiguration : at + 1 < args.Length ? args[at + 1] : null;
if (file is null || command is not ("run" or "check" or "uninstall-rules"))
{
    Console.Error.WriteLine("usage: ntm-router [run|check|uninstall-rules] [--config FILE]");
    return 2;
}

try
{
    var configuration = RouterConfiguration.Load(file, isOptional: at < 0);
    switch (command)
    {
        case "check":
            Console.WriteLine($"{file}: good");
            return 0;
        case "uninstall-rules":
            Daemon.UninstallRules(configuration);
            return 0;
        default:
            await Daemon.RunAsync(configuration).ConfigureAwait(false);
            return 0;
    }
}
catch (ConfigurationException e)
{
    Console.Error.WriteLine($"ntm-router: {e.Message}");
    return 2; // as a wrong command line: trying again changes nothing
}
catch (Exception e) when (e is IdentityException or StoreException or LinuxException or RuleSetException or IOException
    or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"ntm-router: {e.Message}");
    return 1;
}
