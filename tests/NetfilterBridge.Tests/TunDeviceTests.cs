using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using NTMobile.Linux;
using NTMobile.Packets;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

/// <summary>The test plays a TCP server at 198.18.0.9 that speaks through the router's TUN device to a real client behind it.</summary>
public sealed class TunDeviceTests : IDisposable
{
    private const uint Server = 0xC6120009;
    private const int Mss = 1400;

    private readonly RouterWorld _world = new();
    private readonly TunDevice _tun;
    private readonly NativeBuffer _memory = new(1 << 17);
    private readonly TunFrame _frame = new();

    public TunDeviceTests()
    {
        // The router's LAN side cuts and sums in software, so that the client sees what would be on a wire and verifies it.
        _world.Router.Exec("ethtool", "-K lan0 tx off tso off gso off sg off");
        _tun = _world.Open(_world.Router, () => new TunDevice("ntm0"));
        _world.Router.Exec("ip", "link set ntm0 up");
        _world.Router.Exec("ip", "route add 198.18.0.0/15 dev ntm0");
    }

    public void Dispose()
    {
        _world.Dispose();
        _memory.Dispose();
        _frame.Dispose();
    }

    [Fact]
    public async Task A_super_packet_of_many_slices_reaches_the_client_as_right_TCP_bytes()
    {
        var socket = _world.Open(_world.Device, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 });
        var connecting = socket.ConnectAsync(new IPEndPoint(IPAddress.Parse("198.18.0.9"), 80));
        var syn = ReadSegment(out var flow);
        WriteSegment(flow, 1000, syn + 1, TcpFlags.Syn | TcpFlags.Ack, default, 0);
        await connecting.WaitAsync(TimeSpan.FromSeconds(5));

        // 40 slices with gaps between them, as opened datagrams lie in a receive buffer.
        var expected = new byte[40 * Mss];
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = (byte)(i * 31 >> 3);
        }

        _frame.Clear();
        for (var i = 0; i < 40; i++)
        {
            var slice = _memory.Span.Slice(i * (Mss + 29), Mss);
            expected.AsSpan(i * Mss, Mss).CopyTo(slice);
            Assert.True(_frame.TryAppend(slice));
        }

        WriteSegment(flow, 1001, syn + 1, TcpFlags.Ack | TcpFlags.Psh, _frame, Mss);
        var received = new byte[expected.Length];
        for (var at = 0; at < received.Length;)
        {
            var n = socket.Receive(received.AsSpan(at));
            Assert.True(n > 0);
            at += n;
        }

        Assert.Equal(expected, received);
        var bad = _world.Device.Exec("nstat", "-az TcpInCsumErrors");
        Assert.Contains("TcpInCsumErrors                 0", bad);
    }

    [Fact]
    public void What_the_kernel_routes_to_the_device_is_read_with_its_header()
    {
        _world.Udp(_world.Device).SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("198.18.0.9"), 9));
        int length;
        do
        {
            // The kernel speaks IPv6 to a new device by itself.
            Assert.True(Poller.WaitReadable(_tun.Descriptor, 5000));
            length = _tun.Read(_memory.Span);
        }
        while (_memory.Span[VirtioNetHeader.Length] >> 4 != 4);

        Assert.Equal(VirtioNetHeader.Length + 33, length);
        Assert.True(Ipv4.TryRead(_memory.Span[VirtioNetHeader.Length..length], out var ip));
        Assert.Equal((Server, IpProtocol.Udp), (ip.Destination, ip.Protocol));
    }

    [Fact]
    public void A_single_packet_with_a_partial_checksum_is_completed()
    {
        var device = _world.Udp(_world.Device, 5000);
        var packet = _memory.Span[..(28 + 5)];
        Ipv4.Write(packet, Server, 0xC0A80832, IpProtocol.Udp, 13);
        "hello"u8.CopyTo(packet[28..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[22..], 5000);
        BinaryPrimitives.WriteUInt16BigEndian(packet[24..], 13);
        BinaryPrimitives.WriteUInt16BigEndian(packet[26..], Checksum.PseudoHeader(Server, 0xC0A80832, IpProtocol.Udp, 13));
        Assert.Equal(0, _tun.Write(VirtioNetHeader.Partial(20, Udp.ChecksumAt), packet));
        var buffer = new byte[10];
        Assert.Equal(5, device.Receive(buffer));
        Assert.Equal("hello"u8, buffer.AsSpan(0, 5));
    }

    [Fact]
    public void A_run_of_datagrams_arrives_one_by_one()
    {
        Assert.True(_tun.CanSegmentUdp);
        var device = _world.Udp(_world.Device, 5000);
        Ipv4.Write(_frame.Headers, Server, 0xC0A80832, IpProtocol.Udp, 8 + 250);
        var udp = _frame.Headers.Slice(20, 8);
        BinaryPrimitives.WriteUInt16BigEndian(udp, 6000);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 5000);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], 8 + 250);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], Checksum.PseudoHeader(Server, 0xC0A80832, IpProtocol.Udp, 8 + 250));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_frame.TryAppend(_memory.Span.Slice(i * 1000, i == 2 ? 50 : 100)));
        }

        Assert.Equal(0, _tun.Write(VirtioNetHeader.SuperPacket(VirtioGso.UdpL4, 20, Udp.ChecksumAt, 8, 100), _frame, 28));
        var buffer = new byte[1000];
        Assert.Equal([100, 100, 50], [device.Receive(buffer), device.Receive(buffer), device.Receive(buffer)]);
    }

    [Fact]
    public void A_malformed_frame_is_refused_with_its_error()
    {
        Assert.Equal(Libc.EINVAL, _tun.Write(VirtioNetHeader.Partial(60000, 16), _memory.Span[..40]));
        _world.Router.Exec("ip", "link set ntm0 down");
        Assert.Equal(Libc.EIO, _tun.Write(default, [0x45, .. new byte[19]]));
    }

    [Fact]
    public void The_device_goes_with_its_owner()
    {
        Assert.Equal(Libc.EBUSY, Assert.Throws<LinuxException>(() => _world.Router.Run(() => new TunDevice("ntm0"))).Errno);
        _tun.Dispose();
        Assert.NotEqual(0, _world.Router.TryExec("ip", "link show ntm0").Code);
    }

    [Fact]
    public void A_frame_joins_neighbouring_slices_and_states_when_it_is_full()
    {
        Assert.True(_frame.TryAppend(_memory.Span[..10]));
        Assert.True(_frame.TryAppend(_memory.Span[10..20]));
        Assert.True(_frame.TryAppend([]));
        Assert.Equal((1, 20), (_frame.SliceCount, _frame.PayloadLength));
        for (var i = 1; i < TunFrame.MaximumSlices; i++)
        {
            Assert.True(_frame.TryAppend(_memory.Span.Slice(i * 100, 50)));
        }

        Assert.False(_frame.TryAppend(_memory.Span.Slice(99_000, 50)));
        _frame.Clear();
        Assert.True(_frame.TryAppend(_memory.Span[..60_000]));
        Assert.False(_frame.TryAppend(_memory.Span.Slice(70_000, 6000)));
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        long before = 0;
        var errors = 0;
        for (var round = 0; round < 100; round++)
        {
            before = round == 10 ? GC.GetAllocatedBytesForCurrentThread() : before;
            _frame.Clear();
            Ipv4.Write(_frame.Headers, Server, 0xC0A80832, IpProtocol.Udp, 8 + 100);
            for (var i = 0; i < 5; i++)
            {
                _frame.TryAppend(_memory.Span.Slice(i * 100, 20));
            }

            errors += _tun.Write(default, _frame, 28);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, errors);
    }

    // Waits for a segment of the client's; returns its sequence number.
    private uint ReadSegment(out FlowKey flow)
    {
        while (true)
        {
            Assert.True(Poller.WaitReadable(_tun.Descriptor, 5000));
            var length = _tun.Read(_memory.Span);
            if (length > 0 && Ipv4.TryRead(_memory.Span[VirtioNetHeader.Length..length], out var ip) && Tcp.TryRead(ip.Payload, out var tcp))
            {
                Assert.True(FlowKey.TryRead(ip, out flow));
                return tcp.Sequence;
            }
        }
    }

    private void WriteSegment(FlowKey flow, uint sequence, uint acknowledgement, TcpFlags flags, TunFrame? payload, int segmentSize)
    {
        var frame = payload ?? _frame;
        var headers = frame.Headers;
        var length = 20 + frame.PayloadLength;
        Ipv4.Write(headers, flow.Destination, flow.Source, IpProtocol.Tcp, length);
        var tcp = headers.Slice(20, 20);
        tcp.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(tcp, flow.DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], flow.SourcePort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Tcp.SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Tcp.AcknowledgementAt..], acknowledgement);
        tcp[Tcp.HeaderWordsAt] = 5 << 4;
        tcp[Tcp.FlagsAt] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[Tcp.WindowAt..], 65000);
        BinaryPrimitives.WriteUInt16BigEndian(
            tcp[Tcp.ChecksumAt..], Checksum.PseudoHeader(flow.Destination, flow.Source, IpProtocol.Tcp, length));
        var virtio = segmentSize == 0
            ? VirtioNetHeader.Partial(20, Tcp.ChecksumAt)
            : VirtioNetHeader.SuperPacket(VirtioGso.TcpV4, 20, Tcp.ChecksumAt, 20, segmentSize);
        Assert.Equal(0, _tun.Write(virtio, frame, 40));
    }
}
