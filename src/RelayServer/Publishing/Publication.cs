using NTMobile.RelayServer.Egress;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>A device that ordinary hosts reach at a public address, or that did and whose node is away.</summary>
/// <param name="node">The node's name.</param>
/// <param name="label">The device's label.</param>
/// <param name="address">The public address.</param>
/// <param name="ipv6">Its public IPv6 address; 0: none.</param>
/// <param name="ports">Its ports there.</param>
internal sealed class Publication(string node, string label, uint address, UInt128 ipv6, PublishedPorts[] ports)
{
    public string Node => node;

    public string Label => label;

    public uint Address => address;

    public UInt128 Ipv6 => ipv6;

    public PublishedPorts[] Ports => ports;

    /// <summary>What the node is told of it.</summary>
    public PublishedPlace Place => new(PublishResult.Published, address, ipv6);

    /// <summary>Whether a port is among them.</summary>
    public bool Has(byte protocol, ushort port)
    {
        foreach (ref readonly PublishedPorts range in ports.AsSpan())
        {
            if (range.Protocol == protocol && port >= range.First && port <= range.Last)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The translation of which it is a part; null: none has been told of it yet.</summary>
    public long? Translation { get; set; }

    /// <summary>Where packets for it go; null while the node is away.</summary>
    public EgressDevice? Device { get; private set; }

    /// <summary>Since when the node is away, in ms.</summary>
    public long AwaySince { get; private set; }

    public void Begin(EgressDevice device)
    {
        device.Publications++;
        Device = device;
    }

    public void End(long now)
    {
        if (Device is { } device)
        {
            device.Publications--;
        }

        (Device, AwaySince) = (null, now);
    }
}
