using System.CommandLine;
using NTMobile.ServerHost.Configuration;
using NTMobile.Storage;

namespace NTMobile.ServerHost.Commands;

/// <summary>The command line of <c>ntm-server</c>.</summary>
internal static class ServerCommands
{
    private const string DefaultConfig = "/etc/ntm/server.json";

    private static readonly Option<string> Config = new("--config")
    {
        Description = "the configuration file",
        HelpName = "FILE",
        DefaultValueFactory = _ => DefaultConfig,
        Recursive = true,
    };

    /// <summary>All commands.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("The servers of NTMobile: direction (ds), relay (rs) and key management (kms).") { Config };
        root.Subcommands.Add(Run());
        root.Subcommands.Add(Check());
        root.Subcommands.Add(Token());
        root.Subcommands.Add(Status());
        root.Subcommands.Add(Enrol());
        return root;
    }

    private static Command Run()
    {
        var command = new Command("run", "Runs the roles of the configuration until it is stopped.");
        command.SetAction((parsed, stop) => WithConfig(parsed, config => RunCommand.RunAsync(config, stop)));
        return command;
    }

    private static Command Check()
    {
        var command = new Command("check", "Checks the configuration and says what is wrong with it.");
        command.SetAction((parsed, _) => WithConfig(parsed, config =>
        {
            Console.WriteLine($"The configuration is good: zone {config.Zone}, roles {string.Join(", ", config.Roles)}.");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command Token()
    {
        var name = new Option<string>("--name") { Description = "name in full, or the label in front of the zone", HelpName = "NAME", Required = true };
        var role = new Option<string>("--role") { Description = "what the token is for", DefaultValueFactory = _ => "node" };
        role.AcceptOnlyFromAmong("node", "rs", "ds");
        var command = new Command("token", "Asks the running server for a one-time enrolment token.") { name, role };
        command.SetAction((parsed, stop) => WithConfig(
            parsed, config => ControlCommands.TokenAsync(config, parsed.GetRequiredValue(name), parsed.GetRequiredValue(role), stop)));
        return command;
    }

    private static Command Status()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("status", "Shows what the running server does.") { json };
        command.SetAction((parsed, stop) => WithConfig(parsed, config => ControlCommands.StatusAsync(config, parsed.GetValue(json), stop)));
        return command;
    }

    private static Command Enrol()
    {
        var token = new Argument<string>("TOKEN") { Description = "from 'ntm-server token --role rs' or '--role ds' on the server with the role kms" };
        var command = new Command("enrol", "Gets the certificate of a server that has no role kms of its own.") { token };
        command.SetAction((parsed, stop) => WithConfig(parsed, config => EnrolCommand.RunAsync(config, parsed.GetRequiredValue(token), stop)));
        return command;
    }

    private static async Task<int> WithConfig(ParseResult parsed, Func<ServerConfig, Task<int>> action)
    {
        string path = parsed.GetRequiredValue(Config);
        try
        {
            return await action(ConfigReader.Load(path)).ConfigureAwait(false);
        }
        catch (ConfigException error)
        {
            await Console.Error.WriteLineAsync($"ntm-server: {path}: {error.Message}").ConfigureAwait(false);
            return 2;
        }
        catch (Exception error) when (error is StartException or KeyFileException or StoreException)
        {
            await Console.Error.WriteLineAsync($"ntm-server: {error.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 1; // stopped before it was done
        }
    }
}
