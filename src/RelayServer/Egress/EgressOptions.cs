namespace NTMobile.RelayServer.Egress;

/// <summary>What an RS does for nodes that reach ordinary hosts through it.</summary>
public sealed record EgressOptions
{
    /// <summary>First address of the pool out of which each device gets one towards the kernel's translation, 100.72.0.0 is 0x64480000.</summary>
    public required uint PoolBase { get; init; }

    /// <summary>Prefix length of the pool, 8–28.</summary>
    public required int PoolLength { get; init; }

    /// <summary>Name server for devices that ask their router, IPv4; 0: none.</summary>
    public uint Resolver { get; init; }

    /// <summary>Bytes per second of one node, each way.</summary>
    public double BytesPerNode { get; init; } = 100e6 / 8;

    /// <summary>Bytes per second of all nodes, each way; the nodes that are busy share it equally.</summary>
    public double BytesInAll { get; init; } = 1e9 / 8;

    /// <summary>Most devices of one node at one time; the idlest gives way.</summary>
    public int MaxDevicesPerNode { get; init; } = 64;

    /// <summary>Addresses of the pool.</summary>
    public int PoolSize => 1 << (32 - PoolLength);
}
