using NTMobile.Packets;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Servers;

// How IPv4 hosts see a node whose session goes by IPv6: behind a NAT64 it has an address and a port there as behind any NAT. A Ping by IPv4 asks for it and keeps
// the mapping open; the server's challenge that it brings along is not answered, so the session stays where it is.
internal sealed partial class ServerConnection
{
    private const int FirstLookMs = 250;
    private const int LooksInARow = 4;
    private uint _besidePing;
    private int _looks; // since the last answer
    private long _lookMs;

    /// <summary>Our IPv4 address and port as the server sees them where the session itself goes by IPv6; none: not known, or there is no way.</summary>
    public Endpoint SeenBeside { get; private set; }

    private long BesideDueMs => Beside.IsNone ? long.MaxValue : _lookMs;

    private Endpoint Beside => _link.IsUp && Remote.IsIpv6 && Ipv4 is { IsNone: false } four && _node.UplinkFor(in four) is not null ? four : default;

    private Endpoint Ipv4 => Server.IsIpv4 ? Server : _other.IsIpv4 ? _other : default;

    private bool IsBeside(in Endpoint from) => from == Beside;

    private void LookBeside(long now)
    {
        if (Beside is { IsNone: false } beside && now >= _lookMs)
        {
            _lookMs = now + (++_looks < LooksInARow ? FirstLookMs << _looks : KeepAliveMs);
            _besidePing = _node.NextNumber();
            SendTo(in beside, new FrameBuilder().Append(new Ping(_besidePing)).Written);
        }
    }

    private void SeeBeside(in Endpoint seen)
    {
        (_looks, _lookMs) = (0, _node.NowMs + KeepAliveMs);
        if (SeenBeside != seen)
        {
            SeenBeside = seen;
            _user.OnSeenChanged(this);
        }
    }
}
