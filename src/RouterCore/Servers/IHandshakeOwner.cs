using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;

namespace NTMobile.RouterCore.Servers;

/// <summary>Whoever waits for a handshake datagram with its rendezvous id: a server connection, an attempt towards a peer, an invitation by one.</summary>
internal interface IHandshakeOwner
{
    /// <summary>Takes a handshake datagram.</summary>
    /// <param name="uplink">Uplink it came in on.</param>
    /// <param name="from">Its source.</param>
    /// <param name="datagram">All of it.</param>
    /// <param name="path">What its path id stands for: a relay leg, or null for a direct path.</param>
    /// <returns>Why it was dropped, or None.</returns>
    DropReason OnHandshake(int uplink, in Endpoint from, ReadOnlySpan<byte> datagram, ReceivePath? path);
}
