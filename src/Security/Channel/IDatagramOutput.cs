using NTMobile.Packets;

namespace NTMobile.Security.Channel;

/// <summary>Where a pure server role puts what it wants to send: a UDP socket in the host, a list in tests.</summary>
public interface IDatagramOutput
{
    /// <summary>Sends one datagram, or a run of datagrams of one size to one address.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="run">The datagrams one after another; borrowed until the call returns.</param>
    /// <param name="datagramSize">Bytes of each datagram; only the last one may be shorter. Equal to the run's length for a single one.</param>
    /// <param name="ecn">ECN bits (RFC 3168) of the IP packets, 0–3: a relay passes them on.</param>
    void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0);
}
