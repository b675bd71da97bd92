namespace NTMobile.Wire.Frames;

/// <summary>How the NAT before a node chooses its outside port (RFC 4787 §4.1).</summary>
public enum NatMapping : byte
{
    /// <summary>Not measured.</summary>
    Unknown = 0,

    /// <summary>The same for all destinations; also where there is no NAT.</summary>
    EndpointIndependent = 1,

    /// <summary>Another for each destination: "symmetric".</summary>
    EndpointDependent = 2,
}

/// <summary>What the NAT or firewall before a node lets in (RFC 4787 §5).</summary>
public enum NatFiltering : byte
{
    /// <summary>Not measured.</summary>
    Unknown = 0,

    /// <summary>Datagrams from everywhere.</summary>
    EndpointIndependent = 1,

    /// <summary>Datagrams from addresses to which one was sent.</summary>
    AddressDependent = 2,

    /// <summary>Datagrams from addresses and ports to which one was sent.</summary>
    AddressAndPortDependent = 3,
}
