using NTMobile.Wire;

namespace NTMobile.Scenario.Tests.World;

/// <summary>Writes what crosses the open Internet, for a person who looks for the reason of a failure.</summary>
internal static class Trace
{
    public static void On(MemoryWorld world, Action<string> write)
    {
        var began = world.Clock.NowMs;
        world.Network.Seen += d =>
        {
            var type = DatagramHeader.TryRead(d.Bytes, out var header) ? $"{header.Type} {header.PathId}" : "?";
            write($"{world.Clock.NowMs - began,6} ms  {d.From,-22} → {d.To,-22} {type} {d.Bytes.Length}");
        };
    }
}
