namespace NTMobile.Control;

/// <summary>GET /api/devices: a device on the LAN, named or only heard of.</summary>
public sealed record Device
{
    /// <summary>Its label under the router's name (<c>nas</c>); null while nobody has named it.</summary>
    public required string? Label { get; init; }

    /// <summary>Name in full (<c>nas.bag.example.net</c>); null without a label.</summary>
    public required string? FullName { get; init; }

    /// <summary>What the device calls itself (DHCP, mDNS): a proposal, not to be trusted. Null when it says nothing.</summary>
    public required string? Hint { get; init; }

    /// <summary>MAC address to which the label is bound, <c>aa:bb:cc:dd:ee:ff</c>; null when only an address was given.</summary>
    public required string? Mac { get; init; }

    /// <summary>Its address on the LAN; null when unknown now.</summary>
    public required string? Address { get; init; }

    /// <summary>True once the owner has confirmed the binding of label and MAC.</summary>
    public required bool Confirmed { get; init; }

    /// <summary>MAC of another device that claims the same name; the owner has to decide. Null when nobody does.</summary>
    public required string? ClaimedBy { get; init; }

    /// <summary>When it was last seen on the LAN; null when never.</summary>
    public required DateTimeOffset? LastSeen { get; init; }
}

/// <summary>PUT /api/devices/{label}: give this label to a device and confirm it. At least one field is set.</summary>
/// <param name="Mac">MAC address; null: the one that has <paramref name="Address"/> now.</param>
/// <param name="Address">LAN address; null: the one that <paramref name="Mac"/> has now.</param>
public sealed record NameDeviceRequest(string? Mac = null, string? Address = null);
