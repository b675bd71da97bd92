using NTMobile.NetfilterBridge;

namespace NTMobile.RouterDaemon.Loops;

/// <summary>The tunnel's sockets by uplink number. The uplink watcher publishes; packet loops and the control loop read.</summary>
internal sealed class UplinkSockets
{
    private volatile Dictionary<int, UdpSocket> _byNumber = [];

    public UdpSocket? this[int uplink] => _byNumber.GetValueOrDefault(uplink);

    public IReadOnlyDictionary<int, UdpSocket> All => _byNumber;

    public void Publish(Dictionary<int, UdpSocket> sockets) => _byNumber = sockets;
}
