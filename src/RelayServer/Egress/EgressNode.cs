using NTMobile.Security.Session;
using NTMobile.Wire;

namespace NTMobile.RelayServer.Egress;

/// <summary>What the RS keeps of a node that reaches ordinary hosts through it. It outlives a session, as the node's legs do.</summary>
internal sealed class EgressNode(RelayNode node, EgressOptions options)
{
    /// <summary>Who it is, and where.</summary>
    public RelayNode Node => node;

    /// <summary>The keys in use.</summary>
    public EgressKeys? Keys { get; set; }

    /// <summary>Keys that a packet of the node has yet to confirm; until then those before stay in use.</summary>
    public EgressKeys? Next { get; set; }

    /// <summary>What is sent to it is sealed with these.</summary>
    public EgressKeys? ToNode => Next is { IsWithNode: true } ? Next : Keys;

    /// <summary>Its devices, by their own address.</summary>
    public Dictionary<uint, EgressDevice> Devices { get; } = [];

    /// <summary>Largest datagram that the way to the node carries, in bytes of UDP payload.</summary>
    public int LargestDatagram { get; set; } = DatagramHeader.UnknownPathLimit;

    /// <summary>From when on it may change what it publishes, in ms.</summary>
    public long MayPublishAt { get; set; }

    /// <summary>What it may still send.</summary>
    public EgressBucket Out { get; } = new(options.BytesPerNode);

    /// <summary>What it may still be sent.</summary>
    public EgressBucket In { get; } = new(options.BytesPerNode);
}

/// <summary>The keys of a node's Egress datagrams, with the path ids of both directions.</summary>
/// <param name="node">Whose.</param>
/// <param name="secure">The keys.</param>
/// <param name="secret">From what they follow, for a repeated request.</param>
/// <param name="send">What the node wants on ours.</param>
internal sealed class EgressKeys(EgressNode node, SecureSession secure, byte[] secret, PathId send)
{
    public EgressNode Node => node;

    public SecureSession Secure => secure;

    public byte[] Secret => secret;

    public PathId Send => send;

    /// <summary>What the node puts on its datagrams.</summary>
    public PathId Receive { get; set; }

    /// <summary>Whether the node has them, as far as it said: what comes for it may be sealed with them before it has sent anything itself.</summary>
    public bool IsWithNode { get; set; }
}

/// <summary>A device behind a node.</summary>
/// <param name="node">The node.</param>
/// <param name="own">The device's address on its LAN.</param>
/// <param name="pool">The address that the kernel's translation knows it by.</param>
internal sealed class EgressDevice(EgressNode node, uint own, uint pool)
{
    public EgressNode Node => node;

    public uint Own => own;

    public uint Pool => pool;

    /// <summary>How often it is published: while it is, it does not give way to others.</summary>
    public int Publications { get; set; }

    /// <summary>Last packet, in ms.</summary>
    public long LastUsed { get; set; }
}
