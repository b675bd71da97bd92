using NTMobile.Packets;
using NTMobile.Security.Channel;

namespace NTMobile.RelayServer;

/// <summary>Where a relay puts its own datagrams, and those that it forwards.</summary>
public interface IRelayOutput : IDatagramOutput
{
    /// <summary>Forwards a run of datagrams of one size to one address. It may be held back until the batch of received runs has been handled, and joined
    /// with others to the same address; what goes to one address stays in order.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="run">A part of what <see cref="RelayService.ReceiveRun"/> was given; borrowed until its caller receives again.</param>
    /// <param name="datagramSize">Bytes of each datagram; only the last one may be shorter. Equal to the run's length for a single one.</param>
    /// <param name="ecn">ECN bits (RFC 3168) of the IP packets, 0–3.</param>
    void Forward(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn) => Send(to, run, datagramSize, ecn);
}
