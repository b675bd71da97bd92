using System.Diagnostics.CodeAnalysis;
using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>What became of a registration.</summary>
public enum RegistrationResult : byte
{
    /// <summary>The node is registered.</summary>
    Accepted = 0,

    /// <summary>The bundle's name is not the one in the node's certificate.</summary>
    NameNotYours = 1,

    /// <summary>The bundle is malformed, wrongly signed or older than the known one.</summary>
    BadBundle = 2,

    /// <summary>The DS does not keep so many devices.</summary>
    TooManyDevices = 3,
}

/// <summary>DS to node: answers a <see cref="RegistrationRequest"/>.</summary>
/// <remarks>
/// <code>
///  0             4        5              9
///  +-------------+--------+--------------+--------------------+-------+----------+
///  | request (4) | result | lifetime (4) | endpoint (7 or 19) | count | relays … |
///  +-------------+--------+--------------+--------------------+-------+----------+
///  0–8 relays
/// </code>
/// </remarks>
/// <param name="Request">The request's number.</param>
/// <param name="Result">What became of it.</param>
/// <param name="LifetimeSeconds">For how long the registration stands, in seconds.</param>
/// <param name="Seen">The endpoint from which the request was seen.</param>
/// <param name="Relays">Relays that the DS may give slots on.</param>
public sealed record RegistrationResponse(
    uint Request, RegistrationResult Result, uint LifetimeSeconds, Endpoint Seen, Relay[] Relays) : IFrame<RegistrationResponse>
{
    /// <summary>Most relays in one response.</summary>
    public const int MaxRelays = 8;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.RegistrationResponse;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + 4 + WireLength.Of(Seen) + WireLength.Of(Relays, static relay => relay.Length);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out RegistrationResponse frame)
    {
        var good = new SpanReader(body).UInt32(out var request).Enum<RegistrationResult>(out var result).UInt32(out var lifetime)
            .Endpoint(out var seen).List<Relay>(Relay.Read, out var relays, 0, MaxRelays).AtEnd;
        frame = good ? new RegistrationResponse(request, result, lifetime, seen, relays) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) =>
        new SpanWriter(body).UInt32(Request).Enum(Result).UInt32(LifetimeSeconds).Endpoint(Seen).List(Relay.Write, Relays, 0, MaxRelays).End();
}
