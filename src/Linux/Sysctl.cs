namespace NTMobile.Linux;

/// <summary>Kernel settings below <c>/proc/sys</c> of the current network namespace.</summary>
public static class Sysctl
{
    /// <summary>Writes a setting if it has another value.</summary>
    /// <param name="name">Path below <c>/proc/sys</c>, for example <c>net/ipv4/ip_forward</c>; slashes, since interface names may have dots.</param>
    /// <param name="value">The new value.</param>
    /// <returns>Whether it was changed.</returns>
    /// <exception cref="IOException">The kernel does not have the setting or refuses the value.</exception>
    public static bool Set(string name, string value)
    {
        if (Get(name) == value)
        {
            return false;
        }

        File.WriteAllText(PathOf(name), value);
        return true;
    }

    /// <summary>Reads a setting, or null when the kernel does not have it.</summary>
    public static string? Get(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)).TrimEnd() : null;

    private static string PathOf(string name) => "/proc/sys/" + name;
}
