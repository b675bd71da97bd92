namespace NTMobile.Scenario.Tests.World;

/// <summary>How many seeds a story is told with: few each time, many in a full run.</summary>
internal static class Seeds
{
    public static IEnumerable<ulong> Of(int few, int many)
    {
        var count = Environment.GetEnvironmentVariable("NTM_FULL") == "1" ? many : few;
        return Enumerable.Range(1, count).Select(seed => (ulong)seed);
    }
}
