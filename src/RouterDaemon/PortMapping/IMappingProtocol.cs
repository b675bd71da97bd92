namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>One of the protocols by which a gateway opens a port.</summary>
internal interface IMappingProtocol
{
    /// <summary>Its name for people.</summary>
    string Name { get; }

    /// <summary>Opens the port, or keeps it open for longer; takes some seconds at the most.</summary>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null: the gateway does not answer, or refuses.</returns>
    Task<OpenPort?> OpenAsync(CancellationToken cancel);

    /// <summary>Closes the port again where it is open; the gateway may not hear it.</summary>
    Task CloseAsync(CancellationToken cancel);
}

/// <summary>A port that a gateway holds open.</summary>
/// <param name="Outside">Where it is seen from outside, as the gateway says.</param>
/// <param name="Lifetime">For how long, if nobody asks again.</param>
/// <param name="Epoch">Seconds since the gateway last forgot its ports; null: the protocol does not say.</param>
internal sealed record OpenPort(Endpoint Outside, TimeSpan Lifetime, uint? Epoch);
