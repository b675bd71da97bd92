using NTMobile.NetfilterBridge;
using NTMobile.ServerHost.Sockets;
using NTMobile.TestSupport;

namespace NTMobile.ServerHost.Tests;

/// <summary>The relay's sends, on a cable of their own: 10.0.0.2 (the relay, MTU 1500) to 10.0.0.1 and 10.0.0.3.</summary>
public sealed class RelayOutputTests : IDisposable
{
    private readonly NetNamespace _nodes = new();
    private readonly NetNamespace _relay = new();
    private readonly List<UdpSocket> _sockets = [];
    private readonly UdpSocket _forwarder;
    private readonly UdpSocket _one;
    private readonly UdpSocket _other;
    private readonly RelayOutput _output;

    public RelayOutputTests()
    {
        NetNamespace.Join(_nodes, "a0", "10.0.0.1/24", _relay, "b0", "10.0.0.2/24");
        _nodes.Exec("ip", "address add 10.0.0.3/24 dev a0");
        _one = Open(_nodes, "10.0.0.1:5000");
        _other = Open(_nodes, "10.0.0.3:5000");
        _forwarder = Open(_relay, "10.0.0.2:4331");
        _output = new RelayOutput([_forwarder], [_forwarder.Local]);
    }

    public void Dispose()
    {
        _output.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
        _nodes.Dispose();
        _relay.Dispose();
    }

    [Fact]
    public void Runs_to_one_receiver_leave_joined_and_those_between_them_do_not_disturb_that()
    {
        for (byte i = 0; i < 3; i++)
        {
            Forward(10, 1400, 1400, i, _one);
            Forward(5, 200, 100, i, _other);
        }

        Assert.Equal(0, _one.Receive()); // held back until the end of the batch
        _output.EndBatch();

        Assert.Equal(1, _one.Receive(5000));
        Assert.Equal((1400, 30), (_one[0].DatagramSize, _one[0].Count));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(i => (int)_one[0].Bytes[i * 14_000]));
        AssertRuns(_other, (200, 900, 0), (200, 900, 1), (200, 900, 2)); // a shorter last one ends a run
    }

    [Fact]
    public void What_goes_to_one_receiver_stays_in_order_whatever_its_size()
    {
        int[] sizes = [64, 1400, 1400, 700, 700, 1400, 64];
        for (byte i = 0; i < sizes.Length; i++)
        {
            Forward(1, sizes[i], sizes[i], i, _one);
        }

        _output.EndBatch();

        AssertRuns(_one, (64, 64, 0), (1400, 3500, 1), (700, 700, 4), (1400, 1464, 5));
    }

    [Fact]
    public void More_receivers_than_are_held_back_get_everything()
    {
        UdpSocket[] all = [.. Enumerable.Range(0, 12).Select(i => Open(_nodes, $"10.0.0.1:{7000 + i}"))];
        for (byte i = 0; i < 2; i++)
        {
            Array.ForEach(all, receiver => Forward(2, 100, 100, i, receiver));
        }

        _output.EndBatch();

        Assert.All(all, receiver => AssertRuns(receiver, (100, 200, 0), (100, 200, 1)));
        Assert.Empty(_output.Drops.NonZero());
    }

    [Fact]
    public void Of_a_run_above_the_MTU_the_shorter_last_one_is_sent_and_the_others_are_counted()
    {
        Forward(10, 1473, 700, 1, _one);
        Forward(1, 1473, 1473, 2, _one);
        Forward(5, 1472, 1472, 3, _other);
        _output.EndBatch();

        AssertRuns(_one, (700, 700, 1));
        AssertRuns(_other, (1472, 5 * 1472, 3));
        Assert.Equal([KeyValuePair.Create(SendDrop.TooBig, 10L)], _output.Drops.NonZero());
    }

    [Fact]
    public void What_has_no_way_is_counted_and_the_rest_goes_on()
    {
        _output.Forward(Endpoint.Parse("8.8.8.8:1"), Received(Run(10, 100, 100, 1)), 100, 0);
        _output.EndBatch();
        Forward(1, 64, 64, 2, _one);
        _output.EndBatch();

        AssertRuns(_one, (64, 64, 2));
        Assert.Equal([KeyValuePair.Create(SendDrop.Unreachable, 10L)], _output.Drops.NonZero());
    }

    [Fact]
    public void A_full_send_buffer_is_waited_for_once_per_batch_and_then_counted()
    {
        // Packets to a neighbour that does not answer wait for its address; they fill the smallest of buffers.
        using UdpSocket small = _relay.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.Parse("10.0.0.2:4332")) { SendBuffer = 1 }));
        using var output = new RelayOutput([small], [small.Local]);
        long began = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 50; i++)
        {
            output.Forward(Endpoint.FromIpv4(0x0A000064u + (uint)i, 1), Received(Run(1, 1400, 1400, 1)), 1400, 0);
        }

        output.EndBatch();

        Assert.InRange(output.Drops[SendDrop.SendBufferFull], 1, 49);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 0, 1000);
    }

    [Fact]
    public void Nothing_is_allocated_per_run()
    {
        byte[] run = Run(40, 1400, 700, 1);
        long allocated = 0;
        for (int i = 0; i < 50; i++)
        {
            ReadOnlySpan<byte> received = Received(run);
            long before = GC.GetAllocatedBytesForCurrentThread();
            _output.Forward(_one.Local, received, 1400, 1);
            _output.EndBatch();
            allocated += i < 3 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static byte[] Run(int count, int size, int last, byte first) =>
        [.. Enumerable.Range(0, ((count - 1) * size) + last).Select(i => i % size == 0 ? first : (byte)i)];

    // In memory that does not move, as a socket's.
    private static ReadOnlySpan<byte> Received(byte[] run)
    {
        byte[] kept = GC.AllocateUninitializedArray<byte>(run.Length, pinned: true);
        run.CopyTo(kept, 0);
        return kept;
    }

    private void Forward(int count, int size, int last, byte first, UdpSocket to) =>
        _output.Forward(to.Local, Received(Run(count, size, last, first)), size, 0);

    private static void AssertRuns(UdpSocket receiver, params (int Size, int Length, int First)[] expected)
    {
        List<(int, int, int)> runs = [];
        while (runs.Count < expected.Length && receiver.Receive(5000) > 0)
        {
            for (int i = 0; i < receiver.Count; i++)
            {
                runs.Add((receiver[i].DatagramSize, receiver[i].Bytes.Length, receiver[i].Bytes[0]));
            }
        }

        Assert.Equal(expected, runs);
    }

    private UdpSocket Open(NetNamespace space, string local)
    {
        UdpSocket socket = space.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.Parse(local))));
        _sockets.Add(socket);
        return socket;
    }
}
