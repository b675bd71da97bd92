using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>A registered node to the DS: answer whoever asks for these devices with these addresses, and for no others of mine.</summary>
/// <remarks>
/// <code>
///  0             4       5
///  +-------------+-------+-------------------------------+
///  | request (4) | count | label, IPv4 (4), IPv6 (16) …  |
///  +-------------+-------+-------------------------------+
///  0–16 devices; IPv6 0: none
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="PublishedNamesAck"/>.</param>
/// <param name="Names">All names that ordinary hosts may resolve, in place of those before.</param>
public sealed record PublishedNames(uint Request, PublishedName[] Names) : IFrame<PublishedNames>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishedNames;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Names, PublishedName.LengthOf);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublishedNames frame)
    {
        var good = new SpanReader(body).UInt32(out var request).List<PublishedName>(PublishedName.Read, out var names, 0, PublishRequest.MaxDevices).AtEnd;
        frame = good ? new PublishedNames(request, names) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(Request).List(PublishedName.Write, Names, 0, PublishRequest.MaxDevices).End();
}

/// <summary>A device's name for ordinary hosts.</summary>
/// <param name="Label">Its label under the node's name.</param>
/// <param name="Address">Its public IPv4 address.</param>
/// <param name="Ipv6">Its public IPv6 address; 0: none.</param>
public readonly record struct PublishedName(string Label, uint Address, UInt128 Ipv6)
{
    internal static int LengthOf(PublishedName name) => WireLength.Of(name.Label) + 4 + 16;

    internal static SpanReader Read(SpanReader reader, out PublishedName name)
    {
        var next = reader.Label(out var label).UInt32(out var address).UInt128(out var ipv6);
        name = new PublishedName(label, address, ipv6);
        return next;
    }

    internal static SpanWriter Write(SpanWriter writer, PublishedName name) => writer.Label(name.Label).UInt32(name.Address).UInt128(name.Ipv6);
}
