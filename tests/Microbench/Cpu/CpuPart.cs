using System.Runtime.CompilerServices;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire;

namespace NTMobile.Microbench.Cpu;

/// <summary>
/// Nanoseconds that one packet costs on one thread, out and in, stage by stage; sinks are memory. Each stage is measured alone with the same
/// packets, the whole way as it is; what the stages do not explain is shown as the rest (out) or counted to delivery (in).
/// </summary>
internal static class CpuPart
{
    private const uint Device = Side.DeviceAddress;
    private const int SuperPacket = 60_000;
    private const int SuperPackets = 4;
    private const int SuperLaps = 300;
    private static readonly Endpoint AliceAt = Endpoint.FromIpv4(0xCB00_7101, 40000);

    public static void Run()
    {
        Report.Say($"ns per packet, one thread, {(RuntimeFeature.IsDynamicCodeCompiled ? "just-in-time" : "native")} code, {Security.Session.CipherSuites.Preferred}");
        foreach (var size in new[] { 64, 1400 })
        {
            Udp(size);
        }

        Segments();
    }

    private static void Udp(int payload)
    {
        var pair = new RouterPair();
        var packet = Make.Udp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(payload));
        var batch = new Batch(packet, PacketHints.None, Lap.Batch);
        var stages = new Stages(pair, batch);
        var (bareSeal, bareOpen) = stages.Bare(DataHeader.Size + packet.Length - Ipv4.MinimumHeaderLength);
        Out(pair, batch, payload, stages, bareSeal);
        In(pair, batch, payload, stages, bareOpen);
        Assert.Equal(0, pair.Alice.Dropped + pair.Bob.Dropped);
    }

    private static void Out(RouterPair pair, Batch batch, int payload, Stages stages, Stage bare)
    {
        var content = DataHeader.Size + batch[0].Length - Ipv4.MinimumHeaderLength;
        var whole = new Stage(batch.Refill, () => batch.SendAll(pair.Alice));
        var ns = Lap.Measure(whole, stages.ParseAndLookUp(), stages.Translate(), stages.Seal(content), stages.HandOver(), bare);
        Table("out", payload, ns[0], ("parse_lookup", ns[1]), ("translate", ns[2]), ("seal", ns[3]), ("run", ns[4]));
        Ratio("seal", payload, ns[3], ns[5]);
    }

    private static void In(RouterPair pair, Batch batch, int payload, Stages stages, Stage bare)
    {
        var lan = new NoLan();
        var whole = new Stage(batch.Fill(pair.Alice), () => batch.ReceiveAll(pair.Bob, lan, AliceAt));
        var ns = Lap.Measure(whole, stages.PathLookUp(), stages.Window(), stages.Open(), bare);
        var open = ns[3] - ns[2]; // opening has the window's work in it
        Table("in", payload, ns[0], ("path_lookup", ns[1]), ("window", ns[2]), ("open", open), ("deliver", ns[0] - ns[1] - ns[3]));
        Ratio("open", payload, open, ns[4]);
    }

    // TCP super-packets, cut and joined: per segment.
    private static void Segments()
    {
        var pair = new RouterPair();
        var packet = Make.Partial(Make.Tcp(Device, pair.Alice.Virtual, 1000, 7, Make.Bytes(SuperPacket)));
        var batch = new Batch(packet, PacketHints.PartialChecksum, SuperPackets);
        var lan = new NoLan();
        batch.SendAll(pair.Alice);
        var segments = batch.Datagrams;
        var ns = Lap.Measure(
            segments,
            SuperLaps,
            new Stage(batch.Refill, () => batch.SendAll(pair.Alice)),
            new Stage(batch.Fill(pair.Alice), () => batch.ReceiveAll(pair.Bob, lan, AliceAt)));
        Report.Say($"TCP super-packets of {SuperPacket} bytes, per segment of {SuperPacket * SuperPackets / segments}: out {ns[0]:F0}, in {ns[1]:F0}");
        Report.Figure("cpu.ns_per_packet.out.tcp_segment.total", ns[0]);
        Report.Figure("cpu.ns_per_packet.in.tcp_segment.total", ns[1]);
    }

    private static void Table(string way, int payload, double total, params ReadOnlySpan<(string Name, double Ns)> stages)
    {
        var rest = total;
        Report.Say($"  {way}, UDP with {payload} bytes of payload: {total:F0}");
        foreach (var (name, ns) in stages)
        {
            rest -= ns;
            Report.Say($"    {name,-14}{ns,7:F1}");
            Report.Figure($"cpu.ns_per_packet.{way}.b{payload}.{name}", ns);
        }

        if (way == "out")
        {
            Report.Say($"    {"rest",-14}{rest,7:F1}");
            Report.Figure($"cpu.ns_per_packet.{way}.b{payload}.rest", rest);
        }

        Report.Figure($"cpu.ns_per_packet.{way}.b{payload}.total", total);
    }

    private static void Ratio(string what, int payload, double ours, double bare)
    {
        if (!BareCipher.IsAvailable)
        {
            return;
        }

        Report.Say($"    {what} against the call of {BareCipher.Library} alone: {ours:F1} / {bare:F1} = {ours / bare:F2}");
        Report.Figure($"cpu.ns_per_packet.bare_{what}.b{payload}", bare);
        Report.Figure($"cpu.{what}_vs_bare_cipher.b{payload}", ours / bare);
    }
}
