using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.Packets;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class NfQueueTests : IDisposable
{
    private readonly RouterWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_packet_is_handed_over_with_all_that_is_known_of_it()
    {
        var queue = Open(new NfQueueOptions(5) { GsoSuperPackets = true }, "-p udp");
        var device = _world.Udp(_world.Device);
        device.SendTo("hello"u8, new IPEndPoint(RouterWorld.ServerAddress, 7));
        Assert.Equal(1, queue.Receive(5000));
        var packet = queue[0];
        Assert.Equal(33, packet.Length);
        Assert.Equal((33, false, 0x0800, 0), (packet.RealLength, packet.IsTruncated, (int)packet.HardwareProtocol, packet.Hook));
        Assert.Equal((int)_world.Router.Run(() => Libc.if_nametoindex("lan0")), packet.InputInterface);
        Assert.True(packet.HasPartialChecksum);
        Assert.False(packet.IsSuperPacket);
        using var editor = _world.Device.Run(() => new RouteEditor());
        Assert.Equal(new MacAddress(editor.Links().Single(l => l.Name == "dev0").HardwareAddress), packet.SourceMac);
        Assert.True(packet.Start >= NfQueue.Headroom);
        Assert.True(packet.Buffer.Slice(packet.Start, packet.Length).SequenceEqual(packet.Payload));
        packet.Buffer[..packet.Start].Fill(0xEE);
        Assert.True(Ipv4.TryRead(packet.Payload, out var ip));
        Assert.Equal("hello"u8, ip.Payload[8..]);
    }

    [Fact]
    public void Accepted_and_dropped_packets_in_any_mixture_keep_their_fates()
    {
        const int count = 600;
        var queue = Open(new NfQueueOptions(5), "-p udp");
        var server = _world.Udp(_world.Server, 7);
        var device = _world.Udp(_world.Device);
        for (var i = 0; i < count; i++)
        {
            device.SendTo(BitConverter.GetBytes(i), new IPEndPoint(RouterWorld.ServerAddress, 7));
        }

        // Packets of a thread that moves to the other processor may overtake one another before the queue: the number in each tells its fate.
        var accepted = new List<int>();
        for (var seen = 0; seen < count;)
        {
            Assert.True(queue.Receive(5000) > 0);
            for (var i = 0; i < queue.Count; i++, seen++)
            {
                var number = BitConverter.ToInt32(queue[i].Payload[28..]);
                if (IsAccepted(number))
                {
                    accepted.Add(number);
                    queue.Verdicts.Accept(queue[i].Id);
                }
                else
                {
                    queue.Verdicts.Drop(queue[i].Id);
                }
            }

            queue.Verdicts.Flush();
        }

        Assert.Equal(Enumerable.Range(0, count).Where(IsAccepted), accepted.Order());
        var arrived = new List<int>();
        var buffer = new byte[4];
        while (arrived.Count < accepted.Count)
        {
            Assert.Equal(4, server.Receive(buffer));
            arrived.Add(BitConverter.ToInt32(buffer));
        }

        Assert.Equal(accepted.Order(), arrived.Order());
        Assert.Equal(0, server.Available);
        Assert.Equal(0, Waiting());
        static bool IsAccepted(int i) => i % 7 is 0 or 3 or 4 || i / 50 % 3 == 2;
    }

    [Fact]
    public void A_rewritten_packet_with_a_partial_checksum_arrives_whole()
    {
        var queue = Open(new NfQueueOptions(5) { GsoSuperPackets = true }, "-p udp");
        var server = _world.Udp(_world.Server, 7);
        _world.Udp(_world.Device).SendTo("hello"u8, new IPEndPoint(RouterWorld.ServerAddress, 9));
        Assert.Equal(1, queue.Receive(5000));
        var packet = queue[0];
        Assert.True(packet.HasPartialChecksum);
        // Another port and a longer payload.
        byte[] rewritten = [.. packet.Payload[..28], .. "HELLO, WORLD"u8];
        rewritten[23] = 7;
        rewritten[25] = 8 + 12;
        rewritten[Ipv4.TotalLengthAt + 1] = 28 + 12;
        Ipv4.WriteChecksum(rewritten.AsSpan(0, 20));
        queue.Verdicts.AcceptRewritten(packet, rewritten);
        queue.Verdicts.Flush();
        var buffer = new byte[100];
        Assert.Equal(12, server.Receive(buffer));
        Assert.Equal("HELLO, WORLD"u8, buffer.AsSpan(0, 12));
    }

    [Fact]
    public void Without_super_packets_the_kernel_completes_checksums_itself()
    {
        var queue = Open(new NfQueueOptions(5), "-p udp");
        _world.Udp(_world.Device).SendTo("hello"u8, new IPEndPoint(RouterWorld.ServerAddress, 9));
        Assert.Equal(1, queue.Receive(5000));
        Assert.False(queue[0].HasPartialChecksum);
        Assert.True(TransportChecksum.IsRight(queue[0].Payload));
    }

    [Fact]
    public void A_marked_packet_is_seen_marked_by_later_rules()
    {
        var queue = Open(new NfQueueOptions(5), "-p udp");
        _world.Router.Exec("nft", "-f -", "table ip t { chain c { type filter hook prerouting priority mangle; meta mark 0x77 counter accept; }; }");
        _world.Udp(_world.Device).SendTo("x"u8, new IPEndPoint(RouterWorld.ServerAddress, 7));
        Assert.Equal(1, queue.Receive(5000));
        queue.Verdicts.AcceptMarked(queue[0].Id, 0x77);
        queue.Verdicts.Flush();
        Assert.Contains("packets 1 ", _world.Router.Exec("nft", "list chain ip t c"));
    }

    [Fact]
    public void Super_packets_arrive_whole_and_go_on_when_accepted()
    {
        var queue = Open(new NfQueueOptions(5) { GsoSuperPackets = true }, "-p tcp");
        var (sent, received) = SendByTcp(queue, 8 << 20, out var largest, out var superPackets);
        Assert.Equal(sent, received);
        Assert.True(superPackets > 50, $"{superPackets} super-packets");
        Assert.InRange(largest, 32 * 1024, 65535);
    }

    [Fact]
    public void Without_the_option_every_packet_fits_the_wire()
    {
        var queue = Open(new NfQueueOptions(5), "-p tcp");
        var (sent, received) = SendByTcp(queue, 1 << 20, out var largest, out var superPackets);
        Assert.Equal(sent, received);
        Assert.Equal((0, 1500), (superPackets, largest));
    }

    [Fact]
    public void A_super_packet_cannot_be_rewritten()
    {
        var queue = Open(new NfQueueOptions(5) { GsoSuperPackets = true }, "-p tcp");
        var refused = 0;
        SendByTcp(queue, 1 << 20, out _, out _, (in QueuedPacket packet) =>
        {
            try
            {
                queue.Verdicts.AcceptRewritten(packet, packet.Payload);
                return true;
            }
            catch (InvalidOperationException)
            {
                refused++;
                return false;
            }
        });
        Assert.True(refused > 0);
    }

    [Fact]
    public void Held_packets_go_on_in_the_order_of_their_verdicts()
    {
        var queue = Open(new NfQueueOptions(5) { Mode = NfQueueMode.CopyMeta, Order = VerdictOrder.Any, GsoSuperPackets = true }, "-p udp");
        var server = _world.Udp(_world.Server, 7);
        var device = _world.Udp(_world.Device);
        var ids = new List<uint>();
        for (byte i = 0; i < 10; i++)
        {
            device.SendTo([i], new IPEndPoint(RouterWorld.ServerAddress, 7));
        }

        while (ids.Count < 10)
        {
            Assert.True(queue.Receive(5000) > 0);
            for (var i = 0; i < queue.Count; i++)
            {
                Assert.True(queue[i].Payload.IsEmpty);
                ids.Add(queue[i].Id);
            }
        }

        Assert.Equal(10, Waiting());
        queue.Verdicts.Drop(ids[4]);
        for (var i = 9; i >= 0; i--)
        {
            if (i != 4)
            {
                queue.Verdicts.Accept(ids[i]);
            }
        }

        queue.Verdicts.Flush();
        var buffer = new byte[1];
        foreach (var expected in (byte[])[9, 8, 7, 6, 5, 3, 2, 1, 0])
        {
            server.Receive(buffer);
            Assert.Equal(expected, buffer[0]);
        }
    }

    [Fact]
    public void A_verdict_for_a_packet_that_has_gone_is_counted()
    {
        var queue = Open(new NfQueueOptions(5), "-p udp");
        queue.Verdicts.Accept(4711);
        queue.Verdicts.Flush();
        Assert.Equal(0, queue.Receive(100));
        Assert.Equal(1, queue.RefusedVerdicts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_queue_fails_open_or_drops(bool failOpen)
    {
        var queue = Open(new NfQueueOptions(5) { FailOpen = failOpen, QueueLength = 4 }, "-p udp");
        var server = _world.Udp(_world.Server, 7);
        var device = _world.Udp(_world.Device);
        for (byte i = 0; i < 20; i++)
        {
            device.SendTo([i], new IPEndPoint(RouterWorld.ServerAddress, 7));
        }

        // No verdict is given before the kernel has decided about all of them; after a verdict there would be room again.
        Assert.Equal(failOpen ? 16 : 0, Arrive(server, failOpen ? 16 : 0));
        Assert.True(SpinWait.SpinUntil(() => Counter(2) == 4 && (failOpen || Counter(5) == 16), 5000));
        for (var seen = 0; seen < 4; seen += queue.Count)
        {
            Assert.True(queue.Receive(5000) > 0);
            for (var i = 0; i < queue.Count; i++)
            {
                queue.Verdicts.Accept(queue[i].Id);
            }
        }

        queue.Verdicts.Flush();
        Assert.Equal(4, Arrive(server, 4));
        Assert.False(server.Poll(100_000, SelectMode.SelectRead));
    }

    [Fact]
    public void A_queue_has_one_owner()
    {
        Open(new NfQueueOptions(5), "-p udp");
        var error = Assert.Throws<LinuxException>(() => _world.Router.Run(() => new NfQueue(new NfQueueOptions(5))));
        Assert.Contains(error.Errno, (int[])[Libc.EBUSY, Libc.EPERM]);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        var queue = Open(new NfQueueOptions(5), "-p udp");
        var device = _world.Udp(_world.Device);
        _world.Udp(_world.Server, 7);
        long allocated = 0;
        for (var round = 0; round < 30; round++)
        {
            for (var i = 0; i < 20; i++)
            {
                device.SendTo(new byte[100], new IPEndPoint(RouterWorld.ServerAddress, 7));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var seen = 0; seen < 20;)
            {
                seen += queue.Receive(5000);
                for (var i = 0; i < queue.Count; i++)
                {
                    var packet = queue[i];
                    switch (i % 3)
                    {
                        case 0: queue.Verdicts.Drop(packet.Id); break;
                        case 1: queue.Verdicts.Accept(packet.Id); break;
                        default: queue.Verdicts.AcceptRewritten(packet, packet.Payload); break;
                    }
                }

                queue.Verdicts.Flush();
            }

            // The first rounds compile.
            allocated += round < 3 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private delegate bool Look(in QueuedPacket packet);

    private NfQueue Open(NfQueueOptions options, string match)
    {
        var queue = _world.Open(_world.Router, () => new NfQueue(options));
        _world.Queue(match, options.Number);
        return queue;
    }

    // Packets that wait for a verdict.
    private int Waiting() => Counter(2);

    // A column of the kernel's line about the queue (net/netfilter/nfnetlink_queue.c, seq_show): 2 waiting, 5 dropped since the queue was full.
    private int Counter(int column) => _world.Router.Run(() =>
        int.Parse(File.ReadAllText("/proc/thread-self/net/netfilter/nfnetlink_queue").Split(' ', StringSplitOptions.RemoveEmptyEntries)[column]));

    private static int Arrive(Socket server, int expected)
    {
        var arrived = 0;
        while (arrived < expected && server.Receive(new byte[1]) == 1)
        {
            arrived++;
        }

        return arrived;
    }

    private (long Sent, long Received) SendByTcp(NfQueue queue, int bytes, out int largest, out int superPackets, Look? look = null)
    {
        var listener = _world.Open(_world.Server, () => new TcpListener(IPAddress.Any, 80));
        listener.Start();
        long received = 0;
        var reader = new Thread(() =>
        {
            using var client = listener.AcceptTcpClient();
            var buffer = new byte[1 << 16];
            for (int n; (n = client.GetStream().Read(buffer)) > 0;)
            {
                received += n;
            }
        });
        reader.Start();
        var writer = _world.Device.Spawn(() =>
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            client.Connect(RouterWorld.ServerAddress, 80);
            client.GetStream().Write(new byte[bytes]);
        });
        (largest, superPackets) = (0, 0);
        while (reader.IsAlive)
        {
            queue.Receive(50);
            for (var i = 0; i < queue.Count; i++)
            {
                var packet = queue[i];
                Assert.False(packet.IsTruncated);
                largest = Math.Max(largest, packet.Length);
                superPackets += packet.IsSuperPacket ? 1 : 0;
                if (look is null || !look(packet))
                {
                    queue.Verdicts.Accept(packet.Id);
                }
            }

            queue.Verdicts.Flush();
        }

        writer.Join();
        return (bytes, received);
    }
}
