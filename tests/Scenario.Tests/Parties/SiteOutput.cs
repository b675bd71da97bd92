using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>A server's socket in memory.</summary>
internal sealed class SiteOutput(Site site, Endpoint self) : IRelayOutput
{
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
    {
        for (var at = 0; at < run.Length; at += datagramSize)
        {
            site.Send(in self, in to, run.Slice(at, Math.Min(datagramSize, run.Length - at)));
        }
    }
}
