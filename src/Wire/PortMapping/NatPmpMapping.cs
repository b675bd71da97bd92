namespace NTMobile.Wire.PortMapping;

/// <summary>NAT-PMP's request that the gateway map a UDP port and its answer (RFC 6886 §3.3).</summary>
/// <remarks>
/// <code>
///  0            1            2                           4                   6                   8
///  +------------+------------+----------+                +-------------------+-------------------+--------------+
///  | version, 0 | UDP, 1     | zero (2) |                | internal port (2) | external port (2) | lifetime (4) |
///  +------------+------------+----------+                +-------------------+-------------------+--------------+
///  answer:                                               8                   10                  12
///  +------------+------------+------------+--------------+-------------------+-------------------+--------------+
///  | version, 0 | 129        | result (2) | epoch (4)    | internal port (2) | external port (2) | lifetime (4) |
///  +------------+------------+------------+--------------+-------------------+-------------------+--------------+
/// </code>
/// The external port of the request is what the client would like; zero with lifetime zero deletes.
/// </remarks>
/// <param name="Result">0: it was done; else why not (RFC 6886 §3.5).</param>
/// <param name="Epoch">Seconds since the gateway last forgot its mappings.</param>
/// <param name="InternalPort">The port that is mapped.</param>
/// <param name="ExternalPort">The port at the outer address.</param>
/// <param name="LifetimeSeconds">How long the mapping lives.</param>
public readonly record struct NatPmpMapping(ushort Result, uint Epoch, ushort InternalPort, ushort ExternalPort, uint LifetimeSeconds)
{
    internal const byte Version = 0;
    private const byte Udp = 1;
    private const byte Opcode = 128 | Udp;
    private const int RequestSize = 12;

    /// <summary>The request.</summary>
    public static byte[] Request(ushort internalPort, ushort externalPort, uint lifetimeSeconds)
    {
        var request = new byte[RequestSize];
        new SpanWriter(request).Byte(Version).Byte(Udp).UInt16(0).UInt16(internalPort).UInt16(externalPort).UInt32(lifetimeSeconds).End();
        return request;
    }

    /// <summary>Reads the answer.</summary>
    /// <returns>False: it is another message, or malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out NatPmpMapping answer)
    {
        var isGood = new SpanReader(datagram).Byte(out _, Version, Version).Byte(out _, Opcode, Opcode).UInt16(out var result)
            .UInt32(out var epoch).UInt16(out var inside).UInt16(out var outside).UInt32(out var lifetime).AtEnd;
        answer = new NatPmpMapping(result, epoch, inside, outside, lifetime);
        return isGood;
    }

    /// <summary>Whether a gateway says that it speaks NAT-PMP alone, whatever it was asked (RFC 6886 §3.5, RFC 6887 §9).</summary>
    public static bool IsUnsupportedVersion(ReadOnlySpan<byte> datagram) => datagram is [Version, >= 128, 0, 1, ..];
}
