using NTMobile.RelayServer.Egress;
using NTMobile.Wire.Frames;

namespace NTMobile.RelayServer.Publishing;

/// <summary>A device that ordinary hosts reach at a public address, or that did and whose node is away.</summary>
/// <param name="node">The node's name.</param>
/// <param name="label">The device's label.</param>
/// <param name="address">The public address.</param>
/// <param name="ports">Its ports there.</param>
internal sealed class Publication(string node, string label, uint address, PublishedPorts[] ports)
{
    public string Node => node;

    public string Label => label;

    public uint Address => address;

    public PublishedPorts[] Ports => ports;

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
