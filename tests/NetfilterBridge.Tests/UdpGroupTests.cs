using NTMobile.Linux;
using NTMobile.Packets;
using NTMobile.TestSupport;
using Xunit;

namespace NTMobile.NetfilterBridge.Tests;

public sealed class UdpGroupTests : IDisposable
{
    private static readonly Endpoint Receiver = Endpoint.Parse("10.0.0.2:4331");
    private readonly NetNamespace _left = new();
    private readonly NetNamespace _right = new();
    private readonly UdpSocket _sender;
    private readonly UdpSocket[] _group;

    public UdpGroupTests()
    {
        NetNamespace.Join(_left, "a0", "10.0.0.1/24", _right, "b0", "10.0.0.2/24");
        _sender = _left.Run(() => new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0, 0))));
        _group = _right.Run(Open);
    }

    public void Dispose()
    {
        _sender.Dispose();
        Array.ForEach(_group, socket => socket.Dispose());
        _left.Dispose();
        _right.Dispose();
    }

    [Theory]
    [InlineData(0, 0x22, 0, 0, 4)] // another first byte
    [InlineData(0, 0x10, 0xFF, 0xFF, 0xFF)]
    [InlineData(0, 0x20, 0, 0)] // too short
    [InlineData(0, 0x20)]
    [InlineData(1, 0x20, 0, 0, 0)]
    [InlineData(1, 0x20, 0, 0, 3)] // the ignored bits
    [InlineData(2, 0x20, 0, 0, 4)]
    [InlineData(2, 0x21, 0, 1, 7, 9, 9, 9)]
    [InlineData(8, 0x23, 0xAB, 0xCD, 0xFF)]
    public void Datagrams_are_parted_by_their_first_four_bytes(int expected, params int[] bytes)
    {
        _sender.Send(Receiver, [.. bytes.Select(b => (byte)b)], bytes.Length);

        Assert.Equal(1, _group[expected].Receive(5000));
        Assert.Equal(bytes.Length, _group[expected][0].Bytes.Length);
        Assert.Equal(1, _group.Sum(socket => Math.Max(socket.Receive(), socket == _group[expected] ? 1 : 0)));
    }

    [Fact]
    public void A_run_goes_whole_to_the_socket_of_its_first_datagram()
    {
        byte[] run = [.. Enumerable.Range(0, 64).SelectMany(i => new byte[] { 0x20, 0, 0, (byte)(i * 4), 5, 6 })];
        Assert.Equal(SendStatus.Sent, _sender.Send(Receiver, run, 6).Status);

        Assert.Equal(1, _group[1].Receive(5000));
        Assert.Equal((6, 64), (_group[1][0].DatagramSize, _group[1][0].Count));
    }

    [Fact]
    public void A_full_buffer_leaves_room_in_the_others_and_what_it_lost_is_told()
    {
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                _sender.Send(Receiver, [0x20, 0, 0, 0, .. new byte[1000]], 1004);
            }

            _sender.Send(Receiver, [0x20, 0, 0, 4], 4);
            _sender.Send(Receiver, [0x22, 0, 0, 4], 4);
            Assert.Equal((1, 1), (_group[2].Receive(5000), _group[0].Receive(5000)));
        }

        Assert.InRange(_group[1].ReceiveDrops, 1000, 1999);
        Assert.Equal(0, _group[0].ReceiveDrops + _group[2].ReceiveDrops);
    }

    [Fact]
    public void The_port_is_not_shared_with_another_program()
    {
        Assert.Equal(Libc.EADDRINUSE, Assert.Throws<LinuxException>(() => _right.Run(Open)).Errno);
        Assert.Equal(Libc.EADDRINUSE, Assert.Throws<LinuxException>(() => _right.Run(() => new UdpSocket(new UdpSocketOptions(Receiver)))).Errno);
    }

    [Fact]
    public void Every_socket_of_the_group_sends_from_its_port()
    {
        foreach (var socket in _group)
        {
            Assert.Equal(SendStatus.Sent, socket.Send(Endpoint.FromIpv4(0x0A000001, _sender.Local.Port), "pong"u8, 4).Status);
            Assert.Equal(1, _sender.Receive(5000));
            Assert.Equal(Receiver, _sender[0].From);
        }
    }

    private static UdpSocket[] Open()
    {
        var options = new UdpSocketOptions(Receiver);
        return UdpSocketGroup.Open(options, options with { ReceiveBuffer = 1 << 18 }, 8, [0x20, 0x21, 0x23], 2);
    }
}
