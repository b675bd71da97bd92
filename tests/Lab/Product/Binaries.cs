using System.Runtime.InteropServices;

namespace NTMobile.Lab.Product;

/// <summary>Where the product's programs were built: beside the laboratory's own build, in the same configuration.</summary>
public static class Binaries
{
    /// <summary>The service of the router: with NTM_NATIVE=1 in the environment the native one, else the managed one.</summary>
    public static string Router => IsNative ? NativeRouter : ManagedRouter;

    /// <summary>It as the solution's build makes it: compiled while it runs.</summary>
    public static string ManagedRouter => Find("RouterDaemon", "ntm-router");

    /// <summary>It as it is installed: native code, made by board/publish.sh.</summary>
    public static string NativeRouter => Published("ntm-router");

    /// <summary>Measurements in memory, native where the router is.</summary>
    public static string Microbench => IsNative ? Published("ntm-microbench") : Find("Microbench", "ntm-microbench", "tests");

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

    private static bool IsNative => Environment.GetEnvironmentVariable("NTM_NATIVE") == "1";

    private static string Published(string program)
    {
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        var path = Path.Combine(Root, "artifacts", $"{program}-linux-{architecture}", program);
        return File.Exists(path) ? path : throw new LabException($"{path} is missing; board/publish.sh, or bench.sh, makes it");
    }

    // …/tests/Lab.Tests/bin/Release/net10.0/ → Release/net10.0
    private static string Find(string project, string program, string folder = "src")
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(Root, folder, project, "bin", framework.Parent!.Name, framework.Name, program + ".dll");
        return File.Exists(path) ? path : throw new LabException($"{path} is not built; build the solution first");
    }
}
