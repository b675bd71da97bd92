using System.Globalization;

namespace NTMobile.Benchmarks;

/// <summary>Processor time that a process has used, user and kernel, as /proc/PID/stat has it (in hundredths of a second).</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100; // USER_HZ, time(7)
    private const int UserAt = 11, KernelAt = 12; // fields 14 and 15, counted from the one behind the name

    /// <summary>Seconds since its start.</summary>
    public static double Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(UserAt) + Number(KernelAt)) / TicksPerSecond;

        long Number(int at) => long.Parse(fields[at], CultureInfo.InvariantCulture);
    }
}
