using NTMobile.RouterDaemon.Configuration;

// ntm-router [run] [--config FILE]   the service
// ntm-router check [--config FILE]   looks at the configuration only
const string DefaultConfiguration = "/etc/ntm/router.json";

var command = args is [var first, ..] && !first.StartsWith('-') ? first : "run";
var at = Array.IndexOf(args, "--config");
var file = at < 0 ? DefaultConfiguration : at + 1 < args.Length ? args[at + 1] : null;
if (file is null || command is not ("run" or "check"))
{
    Console.Error.WriteLine("usage: ntm-router [run|check] [--config FILE]");
    return 2;
}

try
{
    var configuration = RouterConfiguration.Load(file);
    switch (command)
    {
        case "check":
            Console.WriteLine($"{file}: good");
            return 0;
        default:
            Console.Error.WriteLine("ntm-router: the service is not composed yet in this revision (docs/next.md)");
            return 1;
    }
}
catch (ConfigurationException e)
{
    Console.Error.WriteLine($"ntm-router: {e.Message}");
    return 1;
}
