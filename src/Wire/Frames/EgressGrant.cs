using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>RS to node: what the node needs to send and receive Egress datagrams.</summary>
/// <remarks>
/// <code>
///  0             4               7        8          40             44
///  +-------------+---------------+--------+----------+--------------+-----------------------------------+
///  | request (4) | send path (3) | suite  | key (32) | resolver (4) | zero bytes to the end: padding …  |
///  +-------------+---------------+--------+----------+--------------+-----------------------------------+
///  the path is not none and has no epoch; suite: one bit, as in Hello
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="EgressRequest"/>'s number.</param>
/// <param name="Send">Path id for the node's Egress datagrams.</param>
/// <param name="Suite">How they are sealed: exactly one suite.</param>
/// <param name="Key">The secret from which the keys of both directions follow, 32 bytes.</param>
/// <param name="Resolver">IPv4 address of the name server for devices that ask their router; 0: none.</param>
/// <param name="Padding">How many zero bytes follow.</param>
public sealed record EgressGrant(uint Request, PathId Send, CipherSuites Suite, byte[] Key, uint Resolver, int Padding = 0) : IFrame<EgressGrant>
{
    /// <summary>Bytes of <see cref="Key"/>.</summary>
    public const int KeySize = 32;

    private const int FixedSize = 4 + PathId.Size + 1 + KeySize + 4;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.EgressGrant;

    /// <inheritdoc/>
    public int BodyLength => FixedSize + Padding;

    /// <summary>The same grant in a datagram of a certain size, or of the least that it needs, if it is the only frame there.</summary>
    /// <param name="datagramSize">Size of the whole datagram (UDP payload) in bytes.</param>
    public EgressGrant OfDatagramSize(int datagramSize) =>
        this with { Padding = Math.Max(0, datagramSize - SealedDatagram.Overhead - FrameWriter.HeaderSize - FixedSize) };

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out EgressGrant frame)
    {
        var reader = new SpanReader(body).UInt32(out var request).PathId(out var send).Byte(out var suite, 1, 2)
            .Array(KeySize, out var key).UInt32(out var resolver);
        var padding = reader.Remaining;
        var good = reader.Bytes(padding, out var zeros).AtEnd && !zeros.ContainsAnyExcept((byte)0);
        frame = good ? new EgressGrant(request, send, (CipherSuites)suite, key, resolver, padding) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        body[FixedSize..].Clear();
        new SpanWriter(body[..FixedSize])
            .UInt32(Request).PathId(Send).Byte((byte)Suite, 1, 2).Bytes(Key, KeySize, KeySize).UInt32(Resolver).End();
    }
}
