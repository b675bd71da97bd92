using System.Diagnostics.CodeAnalysis;
using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>DS to node: where the servers that the node knows are reached by the other IP version. It comes before each RegistrationResponse that accepts.</summary>
/// <remarks>
/// <code>
///  0       1                       1 + 7 or 19
///  +-------+-----------------------+-----------------------+
///  | count | known endpoint        | other endpoint        | …
///  +-------+-----------------------+-----------------------+
///  count 1–9
/// </code>
/// </remarks>
/// <param name="Servers">The servers.</param>
public sealed record OtherEndpoints(OtherEndpoint[] Servers) : IFrame<OtherEndpoints>
{
    /// <summary>Most servers in one frame: the DS itself and the relays.</summary>
    public const int MaxCount = RegistrationResponse.MaxRelays + 1;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.OtherEndpoints;

    /// <inheritdoc/>
    public int BodyLength => WireLength.Of(Servers, static server => WireLength.Of(server.Known) + WireLength.Of(server.Other));

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out OtherEndpoints frame)
    {
        var good = new SpanReader(body).List<OtherEndpoint>(ReadOne, out var servers, 1, MaxCount).AtEnd
            && Array.TrueForAll(servers, server => server.Known.IsIpv4 != server.Other.IsIpv4);
        frame = good ? new OtherEndpoints(servers) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).List(static (item, server) => item.Endpoint(server.Known).Endpoint(server.Other), Servers, 1, MaxCount).End();

    private static SpanReader ReadOne(SpanReader reader, out OtherEndpoint server)
    {
        var next = reader.Endpoint(out var known).Endpoint(out var other);
        server = new OtherEndpoint(known, other);
        return next;
    }
}

/// <summary>One server's two endpoints.</summary>
/// <param name="Known">By which it is named in all other messages.</param>
/// <param name="Other">The same server by the other IP version.</param>
public readonly record struct OtherEndpoint(Endpoint Known, Endpoint Other);
