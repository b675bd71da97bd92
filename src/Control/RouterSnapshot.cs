namespace NTMobile.Control;

/// <summary>Everything that the page shows, at one moment. Event of GET /api/events; the single GETs are its parts.</summary>
public sealed record RouterSnapshot
{
    /// <summary>Grows with every change (<see cref="ChangeSignal"/>); no meaning across restarts.</summary>
    public required long Version { get; init; }

    /// <summary>Who and how.</summary>
    public required RouterStatus Status { get; init; }

    /// <summary>Devices of the LAN.</summary>
    public required IReadOnlyList<Device> Devices { get; init; }

    /// <summary>What is shared.</summary>
    public required IReadOnlyList<Share> Shares { get; init; }

    /// <summary>What everybody on the Internet may reach.</summary>
    public required IReadOnlyList<Publication> Published { get; init; }

    /// <summary>Sessions with other nodes.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>Remote devices that this LAN knows.</summary>
    public required IReadOnlyList<Peer> Peers { get; init; }

    /// <summary>Latest refusals, newest first; as many as the router keeps.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>Groups.</summary>
    public required IReadOnlyList<Group> Groups { get; init; }

    /// <summary>How devices reach ordinary hosts.</summary>
    public required InternetPolicy Internet { get; init; }
}
