namespace NTMobile.Control;

/// <summary>GET /api/shares: what members of a group may reach on a device. Nothing else is reachable.</summary>
public sealed record Share
{
    /// <summary>Short name of this share, unique on this router.</summary>
    public required string Id { get; init; }

    /// <summary>Label of the device.</summary>
    public required string Device { get; init; }

    /// <summary><see cref="PortList"/> in its normal form (<c>tcp/22,udp/5000-5010,icmp</c> or <c>all</c>).</summary>
    public required string Ports { get; init; }

    /// <summary>Id of the group that may; null: every group of this router.</summary>
    public required string? Group { get; init; }
}

/// <summary>POST /api/shares.</summary>
/// <param name="Device">Label of a confirmed device.</param>
/// <param name="Ports">Text that <see cref="PortList.TryParse"/> takes.</param>
/// <param name="Group">Id or name of a group; null: every group of this router.</param>
public sealed record ShareRequest(string Device, string Ports, string? Group = null);
