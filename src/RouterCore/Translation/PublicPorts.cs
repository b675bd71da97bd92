namespace NTMobile.RouterCore.Translation;

/// <summary>Which ports of which devices ordinary hosts may reach through the relay server. Immutable; packet loops read it.</summary>
/// <param name="ports">Per device, by its IPv4 address.</param>
internal sealed class PublicPorts(IReadOnlyDictionary<uint, SharedPorts> ports)
{
    private readonly Dictionary<uint, SharedPorts> _ports = new(ports);

    /// <summary>Whether an ordinary host may reach this port.</summary>
    public bool Permits(uint device, byte protocol, ushort port) => _ports.TryGetValue(device, out var own) && own.Permits(protocol, port);
}
