using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>What becomes of a device that a node wants to publish.</summary>
public enum PublishResult : byte
{
    /// <summary>Ordinary hosts reach it at the address.</summary>
    Published = 0,

    /// <summary>This RS publishes nobody's devices.</summary>
    NotOffered = 1,

    /// <summary>At every public address one of the ports is taken.</summary>
    PortsTaken = 2,

    /// <summary>More ports than one device may have.</summary>
    TooManyPorts = 3,

    /// <summary>The RS has no room for another device.</summary>
    Full = 4,

    /// <summary>The RS's machine refused to let the ports in: a fault there, of which its log tells more.</summary>
    NotOpened = 5,
}

/// <summary>RS to node: where the devices of a <see cref="PublishRequest"/> are reached.</summary>
/// <remarks>
/// <code>
///  0             4       5
///  +-------------+-------+------------------------------------+
///  | request (4) | count | result (1), IPv4 (4), IPv6 (16) …  |
///  +-------------+-------+------------------------------------+
///  0–16 devices, in the order of the request; addresses are 0 unless published, that of IPv6 also where the RS has none
/// </code>
/// </remarks>
/// <param name="Request">The <see cref="PublishRequest"/>'s number.</param>
/// <param name="Places">One for each device.</param>
public sealed record PublishResponse(uint Request, PublishedPlace[] Places) : IFrame<PublishResponse>
{
    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishResponse;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + (Places.Length * PublishedPlace.Size);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublishResponse frame)
    {
        var good = new SpanReader(body).UInt32(out var request).List<PublishedPlace>(PublishedPlace.Read, out var places, 0, PublishRequest.MaxDevices).AtEnd;
        frame = good ? new PublishResponse(request, places) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(Request).List(PublishedPlace.Write, Places, 0, PublishRequest.MaxDevices).End();
}

/// <summary>Where a device is reached, or why not.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Address">Its public IPv4 address; 0 unless published.</param>
/// <param name="Ipv6">Its public IPv6 address; 0: none.</param>
public readonly record struct PublishedPlace(PublishResult Result, uint Address, UInt128 Ipv6)
{
    internal const int Size = 1 + 4 + 16;

    /// <summary>A device that is not published.</summary>
    public static PublishedPlace Refused(PublishResult why) => new(why, 0, 0);

    internal static SpanReader Read(SpanReader reader, out PublishedPlace place)
    {
        var next = reader.Enum<PublishResult>(out var result).UInt32(out var address).UInt128(out var ipv6);
        place = new PublishedPlace(result, address, ipv6);
        return result == PublishResult.Published == (address != 0) && (address != 0 || ipv6 == 0) ? next : SpanReader.Failed;
    }

    internal static SpanWriter Write(SpanWriter writer, PublishedPlace place) => writer.Enum(place.Result).UInt32(place.Address).UInt128(place.Ipv6);
}
