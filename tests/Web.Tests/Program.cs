using NTMobile.Web.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["--host", .. var rest] => await DemoHost.RunAsync(rest.Length > 0 ? int.Parse(rest[0]) : 8088),
    ["--shots", var folder, .. var rest] => await Shots.TakeAsync(folder, rest.Length > 0 ? rest[0] : null),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await ConsoleRunner.Run(args),
};
