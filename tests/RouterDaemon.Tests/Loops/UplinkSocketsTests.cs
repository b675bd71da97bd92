using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Loops;

namespace NTMobile.RouterDaemon.Tests.Loops;

/// <summary>Sockets come and go while a thread reads them: one that is left out is closed soon, but never under the reader.</summary>
public sealed class UplinkSocketsTests : IDisposable
{
    private const int Number = 1;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);
    private readonly FakeTimeProvider _clock = new();
    private readonly WireReceiver _reader = new();
    private readonly UplinkSockets _sockets;
    private readonly Uplink _uplink;

    public UplinkSocketsTests()
    {
        var own = new UdpSocket(new UdpSocketOptions(Endpoint.FromIpv4(0x7F00_0001, 0)));
        _sockets = new(_clock) { Changed = _reader.SetSockets, AreTakenOver = () => _reader.IsCurrent };
        _sockets.Publish(new() { [Number] = own });
        _uplink = new Uplink(Number, "lo", own.Local, 1500);
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _reader.Dispose();
    }

    [Fact]
    public void A_socket_left_out_is_closed_by_itself()
    {
        var opened = _sockets.Open(_uplink, 3);
        Assert.Equal(3, opened.Count);
        _sockets.Close([.. opened.Select(s => s.Number)]);
        Assert.Null(_reader.Next(0));
        Assert.All(opened, s => Assert.False(IsFree(s)));

        _clock.Advance(Soon);

        Assert.All(opened, s => Assert.True(IsFree(s)));
        Assert.False(IsFree(_uplink));
    }

    [Fact]
    public void A_socket_stays_open_while_the_reader_has_not_taken_over()
    {
        var opened = _sockets.Open(_uplink, 1);
        Assert.Null(_reader.Next(0));
        _sockets.Close([opened[0].Number]);
        var other = _sockets.Open(_uplink, 1);
        _sockets.Close([other[0].Number]);

        _clock.Advance(Soon);
        Assert.False(IsFree(opened[0]));

        Assert.Null(_reader.Next(0));
        _clock.Advance(Soon);
        Assert.True(IsFree(opened[0]));
    }

    private static bool IsFree(Uplink socket)
    {
        using var trial = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            trial.Bind(new IPEndPoint(IPAddress.Loopback, socket.Local.Port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
