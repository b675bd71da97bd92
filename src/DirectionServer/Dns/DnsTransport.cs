namespace NTMobile.DirectionServer.Dns;

/// <summary>How a DNS question came.</summary>
public enum DnsTransport
{
    /// <summary>UDP: the source may be forged and the answer must be short.</summary>
    Udp,

    /// <summary>TCP: the source is real.</summary>
    Tcp,
}
