namespace NTMobile.RelayServer.Egress;

/// <summary>Where packets of nodes' devices leave for ordinary hosts: a TUN device behind which the kernel translates, or memory in tests.</summary>
public interface IInternet
{
    /// <summary>Takes a packet.</summary>
    /// <param name="packet">An IPv4 packet whose source is an address of the pool, or an IPv6 packet whose source is a published device's public address; borrowed until the call returns.</param>
    /// <param name="checksumAt">Where in the transport header the checksum stands that is still to be completed (the pseudo-header's sum is
    /// there); 0: it is complete.</param>
    void Send(ReadOnlySpan<byte> packet, int checksumAt);
}
