using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.Scenario.Tests.World;
using NTMobile.Wire.Frames;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>Flows that travel without the tunnel: only where both owners want it and the path was proved, and without a packet lost by the change.</summary>
public sealed class TranslationTests
{
    private const int Full = 1500 - Ipv4.MinimumHeaderLength - Udp.HeaderLength;

    private const int RoundTripMs = 40; // of the network in memory

    public static TheoryData<TranslationMode> Modes => [TranslationMode.Pccom, TranslationMode.Plain];

    public static TheoryData<string, string> Places => new()
    {
        { "cloud", "cloud" }, { "home", "cloud" }, { "cloud", "home" }, { "symmetric", "cloud" }, { "cloud", "symmetric" }, { "firewall", "firewall" }, { "home", "home" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Udp_goes_over_to_lanes_both_ways_and_no_packet_is_lost(string one, string other)
    {
        var pair = new Pair(Preset.Of(one), Preset.Of(other), translation: TranslationMode.Pccom).Meet();
        var (there, back) = Talk(pair, 5);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.Equal(("pccom", "pccom"), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
        Assert.InRange(pair.AtAlice.Translation.PacketsOut, there.Sent * 8 / 10, there.Sent);
        Assert.InRange(pair.AtAlice.Translation.PacketsIn, back.Sent * 8 / 10, back.Sent);
        Assert.Equal(pair.AtAlice.Translation.PacketsOut, pair.AtBob.Translation.PacketsIn);
        Assert.Equal(1, pair.AtBob.Translation.Flows);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Not_a_byte_is_added_and_only_plain_can_be_read_on_the_way(TranslationMode mode)
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: mode).Meet();
        var seen = new List<byte[]>();
        pair.World.Network.Seen += d => seen.AddRange(d.IsPacket ? [d.Bytes] : []);
        var began = pair.NowMs;
        var (there, back) = Talk(pair, 3, Full);

        Assert.Equal((0, 0), (there.LostSince(began + 500), back.LostSince(began + 500))); // what may not be fragmented is refused by the tunnel
        var data = seen.Where(p => p.Length == 1500).ToArray();
        Assert.True(data.Length > there.Sent + back.Sent - 40);
        Assert.All(data, p => Assert.Equal(IpProtocol.Udp, p[Ipv4.ProtocolAt]));
        var zeros = new byte[1000]; // the traffic's payload is a number and zeros
        Assert.Equal(mode == TranslationMode.Plain, data.Count(p => p.AsSpan().IndexOf(zeros) >= 0) > there.Sent);
        Assert.All(data.Skip(10), p => Assert.True(mode == TranslationMode.Pccom || TransportChecksum.IsRight(p)));
        Assert.Contains(data, p => TransportChecksum.IsRight(p) == (mode == TranslationMode.Plain));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Where_checksums_are_checked_or_made_anew_all_stays_in_the_tunnel(bool checks, bool recomputes, bool atBob)
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom);
        var site = (atBob ? pair.Bob : pair.Alice).Site;
        (site.ChecksChecksums, site.RecomputesChecksums) = (checks, recomputes);
        pair.Meet();
        var (there, back) = Talk(pair, 30);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.Equal((0, 0), (pair.AtAlice.Translation.PacketsOut, pair.AtBob.Translation.PacketsOut));
        Assert.Equal(("", ""), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
    }

    [Fact]
    public void Plain_packets_pass_where_checksums_are_checked()
    {
        var pair = new Pair(Preset.Home, Preset.Cloud, translation: TranslationMode.Plain);
        pair.Alice.Site.ChecksChecksums = true;
        pair.Meet();
        var (there, back) = Talk(pair, 5);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.Equal("plain", pair.AtAlice.Translation.Kind);
        Assert.True(pair.AtAlice.Translation.PacketsOut > there.Sent * 8 / 10);
    }

    [Theory]
    [InlineData(TranslationMode.Pccom, TranslationMode.Tunnel)]
    [InlineData(TranslationMode.Tunnel, TranslationMode.Plain)]
    [InlineData(TranslationMode.Plain, TranslationMode.Pccom)]
    public void One_owner_alone_cannot_choose_it(TranslationMode atAlice, TranslationMode atBob)
    {
        var world = new MemoryWorld();
        var alice = world.AddRouter("alice", world.Network.NewSite(Preset.Cloud), atAlice);
        var bob = world.AddRouter("bob", world.Network.NewSite(Preset.Cloud), atBob);
        var (laptop, camera) = (alice.AddDevice("laptop"), bob.AddDevice("camera", isShared: true));
        world.UntilReady(alice, bob);
        var packets = 0;
        world.Network.Seen += d => packets += d.IsPacket ? 1 : 0;
        var traffic = new Traffic(world, laptop, world.Meet(laptop, camera), camera);
        world.Run(20);
        traffic.Stop();
        world.Run(1);

        Assert.Equal((0, 0), (traffic.Lost, packets));
    }

    [Fact]
    public void A_nat_that_begins_to_check_is_noticed_and_the_tunnel_carries_all_again()
    {
        var pair = new Pair(Preset.Home, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        Assert.Equal(1, pair.AtAlice.Translation.Flows);

        pair.Alice.Site.ChecksChecksums = true;
        pair.World.Run(4);
        var noticedMs = pair.NowMs;
        pair.World.Run(60);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.LostSince(noticedMs), back.LostSince(noticedMs)));
        Assert.Equal(("", ""), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Lost_frames_and_probes_do_not_keep_it_from_being_proved(ulong seed)
    {
        var pair = new Pair(Preset.Home, Preset.Cloud, seed, translation: TranslationMode.Pccom);
        pair.Alice.Site.Line.Loss = 0.1;
        pair.Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(10);
        Assert.Equal(("pccom", "pccom"), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
        End(pair, there, back);
        Assert.InRange(there.Lost + back.Lost, 1, (there.Sent + back.Sent) / 5);
    }

    // bob cannot know as which port alice's NAT shows a lane before her probe came.
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 12).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Who_sends_to_a_nat_proves_its_way_as_soon_as_it_is_shown(ulong seed)
    {
        var pair = new Pair(Preset.Symmetric, Preset.Cloud, seed, translation: TranslationMode.Pccom);
        pair.Alice.Site.Line.Loss = 0.1;
        pair.Meet();
        pair.Talk();
        var (began, atAlice, atBob) = (pair.NowMs, 0L, 0L);
        while ((atAlice == 0 || atBob == 0) && pair.NowMs - began < 10_000)
        {
            pair.World.Run(0.002);
            atAlice = atAlice == 0 && pair.AtAlice.Translation.Flows > 0 ? pair.NowMs : atAlice;
            atBob = atBob == 0 && pair.AtBob.Translation.Flows > 0 ? pair.NowMs : atBob;
        }

        Assert.InRange(atBob - atAlice, -2 * RoundTripMs, 2 * RoundTripMs);
    }

    [Fact]
    public void After_a_pause_it_is_tried_again()
    {
        var pair = new Pair(Preset.Home, Preset.Cloud, translation: TranslationMode.Pccom);
        pair.Alice.Site.ChecksChecksums = true;
        pair.Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        pair.Alice.Site.ChecksChecksums = false;
        pair.World.Run(40);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.Equal(("pccom", "pccom"), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
    }

    [Fact]
    public void Many_forged_packets_end_it()
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var caught = new List<byte[]>();
        pair.World.Network.Seen += d => caught.AddRange(d is { IsPacket: true, Bytes.Length: 128 } && d.To.Ipv4Address == pair.Bob.Site.PublicAddress ? [d.Bytes] : []);
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        Assert.Equal("pccom", pair.AtBob.Translation.Kind);

        for (var i = 0; i < 40; i++)
        {
            byte[] forged = [.. caught[^1]];
            forged[^1] ^= (byte)(i + 1);
            pair.Bob.Site.DeliverPacket(forged);
        }

        pair.World.Run(0.5);
        Assert.Equal(("", ""), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
        Assert.InRange(pair.Bob.Status.Drops[DropReason.TranslationForged], 39, 40);
        pair.World.Run(3);
        End(pair, there, back);
        Assert.Equal((0, 0), (there.Lost, back.Lost));
    }

    [Theory]
    [InlineData("cloud", "cloud")]
    [InlineData("cloud", "home")]
    [InlineData("home", "symmetric")]
    public void After_a_move_it_is_proved_anew(string from, string to)
    {
        var pair = new Pair(Preset.Of(from), Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        var before = pair.AtAlice.Translation.PacketsOut;

        pair.Alice.MoveTo(pair.World.Network.NewSite(Preset.Of(to)));
        pair.World.Run(1);
        var settledMs = pair.NowMs;
        pair.World.Run(8);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.LostSince(settledMs), back.LostSince(settledMs)));
        Assert.Equal(("pccom", "pccom"), (pair.AtAlice.Translation.Kind, pair.AtBob.Translation.Kind));
        Assert.True(pair.AtAlice.Translation.PacketsOut > before + 200, "nothing went translated after the move");
        there.AssertAtMostOnce();
        back.AssertAtMostOnce();
    }

    [Fact]
    public void A_second_uplink_takes_over_and_no_packet_is_lost()
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var (there, back) = pair.Talk();
        pair.World.Run(3);
        pair.Alice.Plug(pair.World.Network.NewSite(Preset.Home));
        pair.World.Run(8);
        End(pair, there, back);

        Assert.Equal((0, 0), (there.Lost, back.Lost));
        Assert.Equal("pccom", pair.AtAlice.Translation.Kind);
    }

    [Fact]
    public void A_flow_that_rested_is_proved_before_it_goes_on()
    {
        var pair = new Pair(Preset.Home, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        Talk(pair, 3);
        pair.Alice.Site.Nat.Life = TimeSpan.FromSeconds(15);
        foreach (var pause in (double[])[16, 30, 50, 90])
        {
            pair.World.Run(pause);
            var (there, back) = Talk(pair, 4);
            Assert.Equal((0, 0), (there.Lost, back.Lost));
            Assert.Equal("pccom", pair.AtAlice.Translation.Kind);
        }
    }

    [Fact]
    public void More_flows_than_lanes_lose_nothing()
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var flows = Enumerable.Range(0, 140).Select(_ => pair.Talk()).ToArray();
        pair.World.Run(5);
        Assert.InRange(pair.AtAlice.Translation.Flows, 100, 127);
        Array.ForEach(flows, f => f.There.Stop());
        Array.ForEach(flows, f => f.Back.Stop());
        pair.World.Run(0.5);

        Assert.All(flows, f => Assert.Equal((0, 0), (f.There.Lost, f.Back.Lost)));
    }

    [Fact]
    public void Tcp_data_is_cut_to_the_path_and_connection_control_and_bare_acknowledgements_go_by_tunnel()
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var seen = new List<byte[]>();
        pair.World.Network.Seen += d => seen.AddRange(d.IsPacket && d.Bytes[Ipv4.ProtocolAt] == IpProtocol.Tcp ? [d.Bytes] : []);
        var flow = new TcpFlow(pair);
        flow.Send(TcpFlags.Syn, 0);
        for (var i = 0; i < 40; i++)
        {
            flow.Send(TcpFlags.Ack | TcpFlags.Psh, 1000);
            pair.World.Run(0.05);
        }

        var before = seen.Count;
        flow.Send(TcpFlags.Ack | TcpFlags.Psh, 20_003);
        pair.World.Run(0.5);
        var segments = seen.Skip(before).Where(p => p.Length > 1000).ToArray(); // without probes
        Assert.Equal([.. Enumerable.Repeat(1500, 13), 20_003 - (13 * 1460) + 40], segments.Select(p => p.Length));
        before = seen.Count;
        flow.Send(TcpFlags.Ack, 1460 + 5); // two of about the same length: five bytes alone would be too few for the cipher
        flow.Send(TcpFlags.Ack, 0);
        flow.Send(TcpFlags.Ack, 10);
        flow.Send(TcpFlags.Ack | TcpFlags.Fin, 100);
        pair.World.Run(0.5);
        Assert.Equal(2, seen.Skip(before).Count(p => p.Length > 700));
        Assert.Equal(flow.SentBytes, flow.ArrivedBytes);
    }

    [Fact]
    public void A_share_that_ends_ends_what_comes_in_translated()
    {
        var pair = new Pair(Preset.Cloud, Preset.Cloud, translation: TranslationMode.Pccom).Meet();
        var there = new Traffic(pair.World, pair.Laptop, pair.AsLaptopSees, pair.Camera);
        pair.World.Run(3);
        Assert.Equal(1, pair.AtAlice.Translation.Flows);

        pair.Camera.Shares = [];
        pair.Bob.TellDevices();
        pair.World.Run(0.1);
        var arrived = there.Arrived.Count;
        pair.World.Run(2);
        Assert.Equal(arrived, there.Arrived.Count);
    }

    private static (Traffic There, Traffic Back) Talk(Pair pair, double seconds, int length = 100)
    {
        var (there, back) = pair.Talk(length: length);
        pair.World.Run(seconds);
        End(pair, there, back);
        return (there, back);
    }

    // What is still under way arrives.
    private static void End(Pair pair, Traffic there, Traffic back)
    {
        there.Stop();
        back.Stop();
        pair.World.Run(0.5);
    }

    // One direction of a TCP connection from the laptop to the camera, in super-packets as a LAN's offloads make them.
    private sealed class TcpFlow(Pair pair)
    {
        private uint _sequence = 1000;

        public int SentBytes { get; private set; }

        public int ArrivedBytes => pair.Camera.Arrivals.Where(a => a.Protocol == IpProtocol.Tcp && a.Payload.Length > 0).DistinctBy(a => BinaryPrimitives.ReadUInt32BigEndian(a.Packet.AsSpan(24))).Sum(a => a.Payload.Length);

        public void Send(TcpFlags flags, int payload)
        {
            const int headers = Ipv4.MinimumHeaderLength + Tcp.MinimumHeaderLength;
            var packet = new byte[headers + payload];
            var tcp = packet.AsSpan(Ipv4.MinimumHeaderLength);
            BinaryPrimitives.WriteUInt16BigEndian(tcp, 43210);
            BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], 80);
            BinaryPrimitives.WriteUInt32BigEndian(tcp[Tcp.SequenceAt..], _sequence);
            tcp[Tcp.HeaderWordsAt] = 0x50;
            tcp[Tcp.FlagsAt] = (byte)flags;
            BinaryPrimitives.WriteUInt16BigEndian(
                tcp[Tcp.ChecksumAt..], Checksum.PseudoHeader(pair.Laptop.Address, pair.AsLaptopSees, IpProtocol.Tcp, tcp.Length));
            Ipv4.Write(packet, pair.Laptop.Address, pair.AsLaptopSees, IpProtocol.Tcp, tcp.Length);
            pair.Laptop.Send(packet, PacketHints.PartialChecksum);
            _sequence += (uint)payload + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
            SentBytes += payload;
        }
    }
}
