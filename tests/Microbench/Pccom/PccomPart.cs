using NTMobile.Microbench.Cpu;
using NTMobile.Security.Session;

namespace NTMobile.Microbench.Pccom;

/// <summary>
/// Nanoseconds that PCCOM's cipher costs per packet on one thread, beside what the tunnel's cipher costs for as many bytes. The rest of a
/// packet's way is not in it.
/// </summary>
internal static class PccomPart
{
    private const int PortableLaps = 200;
    private const int LargePayload = 1400;

    public static void Run()
    {
        Report.Say($"ns per UDP packet, one thread; the tunnel's cipher is {CipherSuites.Preferred}");
        foreach (var payload in new[] { 64, LargePayload })
        {
            using var packets = new PccomPackets(payload, portable: false);
            var ns = Lap.Measure(packets.Hctr2(), packets.Protect(), packets.Open(), packets.Seal(), packets.Unseal());
            Report.Say($"  {payload} bytes of payload");
            Show("hctr2", payload, ns[0]);
            Show("protect", payload, ns[1]);
            Show("open", payload, ns[2]);
            Show("tunnel_seal", payload, ns[3]);
            Show("tunnel_open", payload, ns[4]);
        }

        using var portable = new PccomPackets(LargePayload, portable: true);
        Report.Say($"  without the processor's instructions");
        Show("portable_protect", LargePayload, Lap.Measure(Lap.Batch, PortableLaps, portable.Protect())[0]);
    }

    private static void Show(string what, int payload, double ns)
    {
        Report.Say($"    {what,-18}{ns,8:F1} ns {payload / ns,6:F2} GB/s");
        Report.Figure($"pccom.ns_per_packet.{what}.b{payload}", ns);
        Report.Figure($"pccom.gigabytes_per_second.{what}.b{payload}", payload / ns);
    }
}
