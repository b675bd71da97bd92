using NTMobile.Security.Channel;

namespace NTMobile.ServerHost.Composition;

/// <summary>The DS's output where the relay of the same process is bound to another address than the advertised one: behind a one-to-one NAT a
/// datagram to the own public address need not come back.</summary>
internal sealed class RelayShortcut(IDatagramOutput output, Endpoint advertised, Endpoint bound) : IDatagramOutput
{
    private readonly Endpoint _local = bound.Address != 0
        ? bound
        : Endpoint.From(bound.IsIpv4 ? System.Net.IPAddress.Loopback : System.Net.IPAddress.IPv6Loopback, bound.Port);

    /// <inheritdoc/>
    public void Send(in Endpoint to, ReadOnlySpan<byte> run, int datagramSize, byte ecn = 0) =>
        output.Send(to == advertised ? _local : to, run, datagramSize, ecn);
}
