using NTMobile.Packets;

namespace NTMobile.Wire.PortMapping;

/// <summary>A PCP gateway's answer to <see cref="PcpMapRequest"/> (RFC 6887 §7.2, §11.1).</summary>
/// <remarks>
/// <code>
///  0            1            2        3            4               8           12
///  +------------+------------+--------+------------+---------------+-----------+-----------+
///  | version, 2 | MAP, 0x81  | (1)    | result (1) | lifetime (4)  | epoch (4) | (12)      |
///  +------------+------------+--------+------------+---------------+-----------+-----------+
///  24           36           37              40                  42
///  +------------+------------+---------------+-------------------+--------------------+--------------+---------+
///  | nonce (12) | UDP, 17    | (3)           | internal port (2) | external port (2)  | address (16) | options |
///  +------------+------------+---------------+-------------------+--------------------+--------------+---------+
/// </code>
/// Reserved bytes and options are passed over, as the RFC wants.
/// </remarks>
/// <param name="Nonce">That of the request.</param>
/// <param name="Result">0: it was done; else why not (RFC 6887 §7.4).</param>
/// <param name="LifetimeSeconds">How long the mapping lives; of a refusal, how long it stays as it is.</param>
/// <param name="Epoch">Seconds since the gateway last forgot its mappings.</param>
/// <param name="InternalPort">The port that is mapped.</param>
/// <param name="External">Where others reach it.</param>
public readonly record struct PcpMapResponse(
    PcpNonce Nonce, byte Result, uint LifetimeSeconds, uint Epoch, ushort InternalPort, Endpoint External)
{
    private const int LongestMessage = 1100; // RFC 6887 §7
    private const byte Answer = 0x80;

    /// <summary>Reads an answer.</summary>
    /// <returns>False: it is another message, or malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out PcpMapResponse response)
    {
        response = default;
        const byte opcode = Answer | PcpMapRequest.Map;
        if (datagram.Length < PcpMapRequest.Size || datagram.Length > LongestMessage || datagram.Length % 4 != 0)
        {
            return false;
        }

        var isGood = new SpanReader(datagram[..PcpMapRequest.Size])
            .Byte(out _, PcpMapRequest.Version, PcpMapRequest.Version).Byte(out _, opcode, opcode).Byte(out _).Byte(out var result)
            .UInt32(out var lifetime).UInt32(out var epoch).Bytes(12, out _)
            .UInt64(out var high).UInt32(out var low).Byte(out _, PcpMapRequest.Udp, PcpMapRequest.Udp).Bytes(3, out _)
            .UInt16(out var inside).UInt16(out var port).UInt128(out var address).AtEnd;
        response = new PcpMapResponse(new PcpNonce(high, low), result, lifetime, epoch, inside, Endpoint.FromIpv6(address, port));
        return isGood;
    }
}
