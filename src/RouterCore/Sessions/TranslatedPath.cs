using NTMobile.Security.Pccom;

namespace NTMobile.RouterCore.Sessions;

/// <summary>
/// A path between the two routers on which packets travel without a tunnel, as ordinary TCP and UDP packets: what packet loops see of an agreement.
/// Control loop writes; packet loops read, and count.
/// </summary>
/// <param name="session">Whose packets.</param>
/// <param name="uplink">Number of the uplink.</param>
/// <param name="local">This router's own address there.</param>
/// <param name="keys">Keys of packets and probes.</param>
internal sealed class TranslatedPath(PeerSession session, int uplink, uint local, TranslationKeys keys)
{
    private volatile int _maximumPacket;
    private long _forged;

    public PeerSession Session { get; } = session;

    public int Uplink { get; } = uplink;

    public uint Local { get; } = local;

    public TranslationKeys Keys { get; } = keys;

    /// <summary>Largest IPv4 packet that the path carries, in bytes.</summary>
    public int MaximumPacket
    {
        get => _maximumPacket;
        set => _maximumPacket = value;
    }

    /// <summary>Packets from a lane's own remote endpoint that were changed on the way, or never protected.</summary>
    public long Forged => Volatile.Read(ref _forged);

    /// <summary>Counts one. Receiving thread only.</summary>
    public void CountForged() => Volatile.Write(ref _forged, _forged + 1);
}
