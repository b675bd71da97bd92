using NTMobile.Packets;

namespace NTMobile.Wire.PortMapping;

/// <summary>NAT-PMP's question for the outer address and its answer (RFC 6886 §3.2); the answer is also what a gateway says to all after its start.</summary>
/// <remarks>
/// <code>
///  0            1              2            4          8
///  +------------+--------------+------------+----------+-------------+
///  | version, 0 | 0; in answers 128: result (2), epoch (4), address (4)  |
///  +------------+--------------+------------+----------+-------------+
/// </code>
/// </remarks>
/// <param name="Result">0: the address follows; else why not (RFC 6886 §3.5).</param>
/// <param name="Epoch">Seconds since the gateway last forgot its mappings.</param>
/// <param name="Address">The outer address, port 0.</param>
public readonly record struct NatPmpAddress(ushort Result, uint Epoch, Endpoint Address)
{
    private const byte Opcode = 128;

    /// <summary>The question.</summary>
    public static byte[] Request => [NatPmpMapping.Version, 0];

    /// <summary>Reads the answer.</summary>
    /// <returns>False: it is another message, or malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out NatPmpAddress answer)
    {
        var isGood = new SpanReader(datagram).Byte(out _, NatPmpMapping.Version, NatPmpMapping.Version).Byte(out _, Opcode, Opcode)
            .UInt16(out var result).UInt32(out var epoch).UInt32(out var address).AtEnd;
        answer = new NatPmpAddress(result, epoch, Endpoint.FromIpv4(address, 0));
        return isGood;
    }
}
