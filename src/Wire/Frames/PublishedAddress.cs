namespace NTMobile.Wire.Frames;

/// <summary>DS to node: what the zone's name server answers to everybody who asks for the device.</summary>
/// <remarks>
/// <code>
///  0             4          8               24
///  +-------------+----------+---------------+
///  | request (4) | IPv4 (4) | IPv6 (16)     |
///  +-------------+----------+---------------+
///  0: it has none; both 0: it is not published
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="PublishedAddressRequest"/>'s number.</param>
/// <param name="Ipv4">Its public IPv4 address, or 0.</param>
/// <param name="Ipv6">Its public IPv6 address, or 0.</param>
public readonly record struct PublishedAddress(uint Request, uint Ipv4, UInt128 Ipv6) : IFrame<PublishedAddress>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishedAddress;

    /// <inheritdoc/>
    public int BodyLength => 4 + 4 + 16;

    /// <summary>Whether ordinary hosts reach the device.</summary>
    public bool IsPublished => Ipv4 != 0 || Ipv6 != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, out PublishedAddress frame)
    {
        var good = new SpanReader(body).UInt32(out var request).UInt32(out var ipv4).UInt128(out var ipv6).AtEnd;
        frame = good ? new PublishedAddress(request, ipv4, ipv6) : default;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).UInt32(Ipv4).UInt128(Ipv6).End();
}
