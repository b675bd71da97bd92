using NTMobile.Packets;

namespace NTMobile.RouterCore.Translation;

/// <summary>A range of ports of one protocol that a device's owner shared.</summary>
/// <param name="Protocol">TCP, UDP, ICMP (echo; ports do not count) or another IP protocol.</param>
/// <param name="First">First port.</param>
/// <param name="Last">Last port, inclusive.</param>
public readonly record struct PortRange(byte Protocol, ushort First, ushort Last);

/// <summary>What of one device the members of one group may start towards. Immutable; packet loops read it.</summary>
/// <param name="ranges">The ranges shared.</param>
/// <param name="everything">All protocols and ports.</param>
public sealed class SharedPorts(IReadOnlyList<PortRange> ranges, bool everything)
{
    private readonly PortRange[] _ranges = [.. ranges];

    /// <summary>The whole device.</summary>
    public static readonly SharedPorts All = new([], true);

    /// <summary>Nothing of it: only answers come in.</summary>
    public static readonly SharedPorts Nothing = new([], false);

    /// <summary>Whether all protocols and ports are shared.</summary>
    public bool Everything { get; } = everything;

    /// <summary>Whether nothing is shared.</summary>
    public bool IsEmpty => !Everything && _ranges.Length == 0;

    /// <summary>Whether a peer may start towards this port.</summary>
    public bool Permits(byte protocol, ushort port)
    {
        foreach (ref readonly var range in _ranges.AsSpan())
        {
            if (range.Protocol == protocol && ((port >= range.First && port <= range.Last) || protocol == IpProtocol.Icmp))
            {
                return true;
            }
        }

        return Everything;
    }

    /// <summary>Both together.</summary>
    public SharedPorts Union(SharedPorts other) => new([.. _ranges, .. other._ranges], Everything || other.Everything);
}
