using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tests.Tunnel;

/// <summary>TCP is cut to the path's size on the way out and joined on the way in; the stream stays the same.</summary>
public sealed class SegmentTests
{
    private const uint Device = Side.DeviceAddress;
    private static readonly Endpoint AliceAt = Endpoint.FromIpv4(0xCB00_7101, 40000);
    private readonly RouterPair _pair = new();

    public static TheoryData<int, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<int, int>();
            foreach (var length in new[] { 1403, 1404, 1424, 2806, 2807, 9000, 64_000, 65_495 })
            {
                cuts.Add(length, RouterPair.LargestDatagram);
                cuts.Add(length, 520);
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_super_packet_arrives_byte_for_byte(int length, int datagram)
    {
        Narrow(datagram);
        var payload = Make.Bytes(length);
        var packet = Make.Tcp(Device, _pair.Alice.Virtual, 1000, 443, payload, TcpFlags.Ack | TcpFlags.Psh, sequence: uint.MaxValue - 5000);

        var arrived = _pair.ToBob(Make.Partial(packet), PacketHints.PartialChecksum);

        Assert.All(_pair.Alice.Wire.Datagrams, d => Assert.True(d.Length <= datagram));
        Assert.Equal(payload, Stream(arrived, uint.MaxValue - 5000));
        Assert.All(arrived, segment => Assert.True(Check.HasRightChecksum(segment)));
        Assert.All(arrived.SkipLast(1), segment => Assert.Equal(TcpFlags.Ack, Flags(segment)));
        Assert.Equal(TcpFlags.Ack | TcpFlags.Psh, Flags(arrived[^1]));
    }

    [Fact]
    public void Segments_are_cut_to_one_size_and_sent_in_runs()
    {
        _pair.ToBob(Make.Partial(Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(60_000))), PacketHints.PartialChecksum);

        var run = Assert.Single(_pair.Alice.Wire.Runs);
        Assert.Equal(RouterPair.LargestDatagram, run.Size);
        Assert.Equal((60_000 + 1422) / 1423, run.Bytes.Chunk(run.Size).Count());
    }

    [Fact]
    public void A_long_packet_with_a_whole_checksum_is_checked_before_it_is_cut()
    {
        var packet = Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(5000));
        Assert.Equal(Make.Bytes(5000), Stream(_pair.ToBob(packet), 1000));

        packet[^1] ^= 1;
        Assert.Equal(Outcome.Drop(DropReason.BadChecksum), _pair.Alice.Send(packet));
    }

    [Fact]
    public void Only_the_last_segment_ends_the_stream_and_only_the_first_says_the_window_was_reduced()
    {
        var packet = Make.Tcp(
            Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(4000), TcpFlags.Ack | TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Cwr);

        var flags = _pair.ToBob(Make.Partial(packet), PacketHints.PartialChecksum).Select(Flags).ToArray();

        Assert.Equal([TcpFlags.Ack | TcpFlags.Cwr, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Fin | TcpFlags.Psh], flags);
    }

    [Fact]
    public void Options_are_repeated_in_every_segment()
    {
        byte[] timestamps = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];
        var packet = Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, Make.Bytes(4000), options: timestamps);
        var arrived = _pair.ToBob(Make.Partial(packet), PacketHints.PartialChecksum);
        Assert.Equal(3, arrived.Count);
        Assert.All(arrived, segment => Assert.Equal(timestamps, segment[40..52]));
    }

    [Fact]
    public void What_does_not_continue_the_stream_is_not_joined()
    {
        byte[][] packets =
        [
            Segment(1000, 100), Segment(1100, 100), // these two go together
            Segment(1300, 100), // a gap
            Segment(1400, 100, port: 9), // another connection
            Segment(1500, 40), Segment(1540, 100), // a short one ends the frame
        ];

        Assert.Equal([200, 100, 40, 100, 100], Frames(packets)); // by flow: what is open is sent at the end of the run
    }

    [Fact]
    public void Datagrams_of_one_flow_and_size_are_joined_where_the_lan_takes_runs()
    {
        byte[][] packets =
        [
            Datagram(100), Datagram(100), Datagram(30), // a shorter one is the last
            Datagram(100), Datagram(100, port: 9), // another flow
            Datagram(0), Datagram(0), // nothing to cut by
        ];

        Assert.Equal([230, 100, 0, 100, 0], Frames(packets));
        Assert.Equal(packets.Length, Frames(packets, takesRuns: false).Count);
    }

    [Fact]
    public void Packets_with_whole_checksums_are_joined_too_but_not_one_whose_checksum_is_wrong_or_missing()
    {
        byte[][] datagrams = [Datagram(100), Datagram(100), Datagram(100), Datagram(100)];
        Assert.Equal([400], Frames(datagrams, partial: false));
        Assert.Equal([200], Frames([Segment(1000, 100), Segment(1100, 100)], partial: false));

        datagrams[1][^1] ^= 1;
        datagrams[2].AsSpan(Ipv4.MinimumHeaderLength + Udp.ChecksumAt, 2).Clear();
        Assert.Equal([100, 108, 108, 100], Frames(datagrams, partial: false)); // UDP headers stay with those two
    }

    [Fact]
    public void Flows_that_take_turns_are_joined_each_for_itself()
    {
        byte[][] packets = [.. Enumerable.Range(0, 12).Select(i => Datagram(100, (ushort)(i % 3)))];
        Assert.Equal([400, 400, 400], Frames(packets));

        // Of more flows than frames the oldest gives way; nothing is lost.
        packets = [.. Enumerable.Range(0, 30).Select(i => Datagram(100, (ushort)(i % 10)))];
        Assert.Equal(3000, Frames(packets).Sum());
    }

    [Fact]
    public void Joined_datagrams_arrive_one_by_one_as_they_were_sent()
    {
        for (var i = 0; i < 5; i++)
        {
            _pair.Alice.Send(Make.Partial(Datagram(i == 4 ? 7 : 100)), PacketHints.PartialChecksum);
        }

        foreach (var (bytes, size) in SameSize([.. _pair.Alice.Wire.Datagrams]))
        {
            _pair.Bob.Receive(bytes, size, AliceAt);
        }

        var arrived = _pair.Bob.Delivered;
        Assert.Equal([100, 100, 100, 100, 7], arrived.Select(p => p.Length - 28));
        Assert.All(arrived, p => Assert.True(Check.HasRightChecksum(p)));
        Assert.All(arrived, p => Assert.Equal(p.Length - 20, BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(24))));
    }

    [Theory]
    [InlineData(1460, 1423)]
    [InlineData(1423, 1423)]
    [InlineData(536, 536)]
    public void A_syn_announces_no_more_than_the_tunnel_carries(ushort announced, ushort expected)
    {
        foreach (var partial in new[] { false, true })
        {
            byte[] options = [1, 2, 4, (byte)(announced >> 8), (byte)announced, 1, 1, 1]; // at an odd offset
            var syn = Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, [], TcpFlags.Syn, options: options);
            var arrived = Assert.Single(partial ? _pair.ToBob(Make.Partial(syn), PacketHints.PartialChecksum) : _pair.ToBob(syn));
            Assert.Equal(expected, BinaryPrimitives.ReadUInt16BigEndian(arrived.AsSpan(43)));
            Assert.True(Check.HasRightChecksum(arrived));
        }
    }

    [Fact]
    public void A_syn_is_clamped_where_it_comes_in_too()
    {
        Narrow(520, _pair.Bob);
        var syn = Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, [], TcpFlags.Syn, options: [2, 4, 5, 0xB4]);
        var arrived = Assert.Single(_pair.ToBob(syn));
        Assert.Equal(520 - SealedDatagram.Overhead - DataHeader.Size - 20, BinaryPrimitives.ReadUInt16BigEndian(arrived.AsSpan(42)));
        Assert.True(Check.HasRightChecksum(arrived));
    }

    [Fact]
    public void A_path_whose_size_is_not_known_yet_does_not_make_a_connection_small_for_ever()
    {
        Narrow(520, sizeKnown: false);
        var syn = Make.Tcp(Device, _pair.Alice.Virtual, 1, 2, [], TcpFlags.Syn, options: [2, 4, 5, 0xB4]);
        Assert.Equal(1423, BinaryPrimitives.ReadUInt16BigEndian(Assert.Single(_pair.ToBob(syn)).AsSpan(42)));
    }

    private void Narrow(int datagram, Side? side = null, bool sizeKnown = true)
    {
        var session = (side ?? _pair.Alice).Session;
        var path = session.Active!;
        session.Active = new SendPath(path.Uplink, path.Remote, path.PathId, datagram) { SizeKnown = sizeKnown };
    }

    private byte[] Segment(uint sequence, int length, ushort port = 2) =>
        Make.Tcp(Device, _pair.Alice.Virtual, 1, port, Make.Bytes(length), sequence: sequence);

    private byte[] Datagram(int length, ushort port = 2) => Make.Udp(Device, _pair.Alice.Virtual, 1, port, Make.Bytes(length));

    // Payload bytes of the frames that Bob's LAN gets when Alice's devices send these packets.
    private List<int> Frames(byte[][] packets, bool takesRuns = true, bool partial = true)
    {
        _pair.Alice.Wire.Clear();
        foreach (var packet in packets)
        {
            _ = partial ? _pair.Alice.Send(Make.Partial(packet), PacketHints.PartialChecksum) : _pair.Alice.Send([.. packet]);
        }

        var frames = new FrameSizes { TakesDatagramRuns = takesRuns };
        foreach (var (bytes, size) in SameSize([.. _pair.Alice.Wire.Datagrams]))
        {
            _pair.Bob.Router.FromWire(new ReceivedRun(bytes, size, in AliceAt, 1, 0), _pair.Bob.FromWire, frames);
        }

        return frames.Payloads;
    }

    // As a receiver with UDP_GRO gets them: of one size but the last.
    private static IEnumerable<(byte[] Bytes, int Size)> SameSize(byte[][] datagrams)
    {
        for (var i = 0; i < datagrams.Length;)
        {
            var count = 1;
            while (i + count < datagrams.Length && datagrams[i + count - 1].Length == datagrams[i].Length && datagrams[i + count].Length <= datagrams[i].Length)
            {
                count++;
            }

            yield return ([.. datagrams.Skip(i).Take(count).SelectMany(d => d)], datagrams[i].Length);
            i += count;
        }
    }

    private static TcpFlags Flags(byte[] segment) => (TcpFlags)segment[20 + Tcp.FlagsAt];

    private static byte[] Stream(IReadOnlyList<byte[]> segments, uint sequence)
    {
        var stream = new List<byte>();
        foreach (var segment in segments)
        {
            Assert.True(Tcp.TryRead(segment.AsSpan(20), out var tcp));
            Assert.Equal(sequence + (uint)stream.Count, tcp.Sequence);
            stream.AddRange(tcp.Payload);
        }

        return [.. stream];
    }

    private sealed class FrameSizes : ILanSink
    {
        private readonly byte[][] _headers = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new byte[128])];
        private readonly int[] _open = new int[ILanSink.Frames];

        public List<int> Payloads { get; } = [];

        public Span<byte> Header(int frame) => _headers[frame];

        public bool TakesDatagramRuns { get; init; } = true;

        public void BeginFrame(int frame, in ReceivedRun run) => _open[frame] = 0;

        public void Append(int frame, int offset, int length) => _open[frame] += length;

        public void EndFrame(int frame, int headerLength, in Offload offload) => Payloads.Add(_open[frame]);
    }
}
