using System.Runtime.InteropServices;

namespace NTMobile.Lab.Product;

/// <summary>Where the product's programs were built: beside the laboratory's own build, in the same configuration.</summary>
public static class Binaries
{
    /// <summary>The service of the router; with NTM_NATIVE=1 in the environment it is <see cref="NativeRouter"/>.</summary>
    public static string Router => Environment.GetEnvironmentVariable("NTM_NATIVE") == "1" ? NativeRouter : Find("RouterDaemon", "ntm-router");

    /// <summary>The service of the router as it is installed: native code, made by board/publish.sh.</summary>
    public static string NativeRouter
    {
        get
        {
            var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
            var path = Path.Combine(Root, "artifacts", $"ntm-router-linux-{architecture}", "ntm-router");
            return File.Exists(path) ? path : throw new LabException($"{path} is missing; run board/publish.sh first");
        }
    }

    /// <summary>The servers.</summary>
    public static string Server => Find("ServerHost", "ntm-server");

    /// <summary>The command line.</summary>
    public static string Cli => Find("Cli", "ntm");

    /// <summary>The root of the checkout.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NTMobile.Router.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new LabException($"{AppContext.BaseDirectory} lies in no checkout");
        }
    }

    // …/tests/Lab.Tests/bin/Release/net10.0/ → Release/net10.0
    private static string Find(string project, string program)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(Root, "src", project, "bin", framework.Parent!.Name, framework.Name, program + ".dll");
        return File.Exists(path) ? path : throw new LabException($"{path} is not built; build the solution first");
    }
}
