using NTMobile.Packets;
using NTMobile.RelayServer;
using NTMobile.Scenario.Tests.World;

namespace NTMobile.Scenario.Tests.Parties;

/// <summary>A server's sockets in memory, one for each IP version.</summary>
internal sealed class SiteOutput(Site site, Endpoint self, Endpoint self6) : IRelayOutput
{
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0)
    {
        for (var at = 0; at < run.Length; at += datagramSize)
        {
            site.Send(to.IsIpv4 ? self : self6, in to, run.Slice(at, Math.Min(datagramSize, run.Length - at)));
        }
    }
}
