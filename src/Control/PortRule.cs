namespace NTMobile.Control;

/// <summary>One entry of a <see cref="PortList"/>.</summary>
/// <param name="Protocol">Protocol.</param>
/// <param name="First">First port (0 for ICMP).</param>
/// <param name="Last">Last port, included (0 for ICMP).</param>
public readonly record struct PortRule(PortProtocol Protocol, int First, int Last)
{
    /// <summary>As the owner would write it.</summary>
    public override string ToString()
    {
        var name = Protocol switch { PortProtocol.Tcp => "tcp", PortProtocol.Udp => "udp", _ => "icmp" };
        return (Protocol, First, Last) switch
        {
            (PortProtocol.Icmp, _, _) or (_, 1, 65535) => name,
            (_, var first, var last) when first == last => $"{name}/{first}",
            _ => $"{name}/{First}-{Last}",
        };
    }
}

/// <summary>Protocols that can be shared one by one; the values are IP protocol numbers.</summary>
public enum PortProtocol
{
    /// <summary>ICMP, all types.</summary>
    Icmp = 1,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,
}
