using NTMobile.Microbench;
using NTMobile.Microbench.Cpu;
using NTMobile.Microbench.Pccom;
using NTMobile.Microbench.Scale;

// ntm-microbench PART: measures on one thread in memory. Lines "= KEY NUMBER" and "= KEY MIN MEDIAN MAX" are for ntm-bench, all others for people.
switch (args)
{
    case ["cpu"]:
        CpuPart.Run();
        return 0;
    case ["overhead"]:
        OverheadPart.Run();
        return 0;
    case ["allocations"]:
        AllocationPart.Run();
        return 0;
    case ["pccom"]:
        PccomPart.Run();
        return 0;
    case ["scale", .. var sessions] when sessions.All(s => int.TryParse(s, out var n) && n > 0):
        ScalePart.Run(sessions.Length == 0 ? [10, 100, 1000, 10_000] : [.. sessions.Select(int.Parse)]);
        return 0;
    default:
        Console.Error.WriteLine("usage: ntm-microbench cpu|overhead|allocations|pccom|scale [SESSIONS…]");
        return 2;
}
