using NTMobile.Microbench;
using NTMobile.Microbench.Cpu;
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
    case ["scale"]:
        ScalePart.Run();
        return 0;
    default:
        Console.Error.WriteLine("usage: ntm-microbench cpu|overhead|allocations|scale");
        return 2;
}
