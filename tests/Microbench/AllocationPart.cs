using NTMobile.Microbench.Cpu;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Tests.Support;

namespace NTMobile.Microbench;

/// <summary>Bytes of the collected heap that a packet costs, of each kind out and in, over ten thousand packets.</summary>
internal static class AllocationPart
{
    private const int Rounds = 100;
    private const uint Device = Side.DeviceAddress;
    private static readonly Endpoint AliceAt = Endpoint.FromIpv4(0xCB00_7101, 40000);

    public static void Run()
    {
        var pair = new RouterPair();
        var to = pair.Alice.Virtual;
        var udp = Make.Udp(Device, to, 1000, 7, Make.Bytes(1400));
        (string Name, byte[] Packet, PacketHints Hints)[] kinds =
        [
            ("UDP, 1400 bytes", udp, PacketHints.None),
            ("UDP, 20 bytes", Make.Udp(Device, to, 1000, 7, Make.Bytes(20)), PacketHints.None),
            ("UDP with its IP header", Make.WithHeader([.. udp], dontFragment: false), PacketHints.None),
            ("TCP segment", Make.Tcp(Device, to, 1000, 7, Make.Bytes(1400)), PacketHints.None),
            ("TCP super-packet", Make.Partial(Make.Tcp(Device, to, 1000, 7, Make.Bytes(60_000))), PacketHints.PartialChecksum),
            ("ping", Make.Echo(Device, to, 1, Make.Bytes(56)), PacketHints.None),
            ("fragment", Make.Fragments(Make.Udp(Device, to, 1000, 7, Make.Bytes(1400)), 800).First, PacketHints.None),
        ];
        var worst = 0.0;
        foreach (var (name, packet, hints) in kinds)
        {
            var (outbound, inbound, packets) = Measure(pair, new Batch(packet, hints, Lap.Batch));
            worst = Math.Max(worst, Math.Max(outbound, inbound) / (double)packets);
            Report.Say($"  {name,-24}{outbound} bytes out, {inbound} in, {packets} packets");
        }

        Assert.Equal(0, pair.Alice.Dropped + pair.Bob.Dropped);
        Report.Figure("memory.alloc_bytes_per_packet", worst);
    }

    private static (long Out, long In, int Packets) Measure(RouterPair pair, Batch batch)
    {
        var lan = new NoLan();
        long outbound = 0, inbound = 0;
        for (var round = -1; round < Rounds; round++)
        {
            batch.Refill();
            var before = GC.GetAllocatedBytesForCurrentThread();
            batch.SendAll(pair.Alice);
            var between = GC.GetAllocatedBytesForCurrentThread();
            batch.ReceiveAll(pair.Bob, lan, AliceAt);
            var after = GC.GetAllocatedBytesForCurrentThread();
            if (round >= 0) // the first meets tables that still grow
            {
                (outbound, inbound) = (outbound + between - before, inbound + after - between);
            }
        }

        return (outbound, inbound, Rounds * batch.Count);
    }
}
