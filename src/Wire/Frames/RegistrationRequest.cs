using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Node to DS: where the node is now, what it is, and its devices. Sent at power-up, on every change and as keep-alive.</summary>
/// <remarks>
/// <code>
///  0             4         5           6      8                                        bundle length
///  +-------------+---------+-----------+------+-------------------+------------------+------+--------+
///  | request (4) | mapping | filtering | (2)  | sealed candidates | count, labels …  | (2)  | bundle |
///  +-------------+---------+-----------+------+-------------------+------------------+------+--------+
///  sealed candidates 0–1024 bytes, 0–64 labels, bundle 1–512 bytes
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="RegistrationResponse"/>.</param>
/// <param name="Mapping">The NAT before the node.</param>
/// <param name="Filtering">The NAT before the node.</param>
/// <param name="SealedCandidates">Where the node may be reached, readable by members of its groups (protocol.md §3); empty: nowhere.</param>
/// <param name="Devices">Labels of its devices' names, under its own name.</param>
/// <param name="Bundle">A node bundle (protocol.md §3); not checked here.</param>
public sealed record RegistrationRequest(
    uint Request, NatMapping Mapping, NatFiltering Filtering, byte[] SealedCandidates, string[] Devices, byte[] Bundle) : IFrame<RegistrationRequest>
{
    /// <summary>Most devices in one request.</summary>
    public const int MaxDevices = 64;

    /// <summary>Longest bundle in bytes.</summary>
    public const int MaxBundleLength = 512;

    /// <summary>Most bytes of sealed candidates.</summary>
    public const int MaxSealedCandidatesLength = 1024;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.RegistrationRequest;

    /// <inheritdoc/>
    public int BodyLength => 4 + 1 + 1 + 2 + SealedCandidates.Length + WireLength.Of(Devices, WireLength.Of) + 2 + Bundle.Length;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out RegistrationRequest frame)
    {
        var reader = new SpanReader(body).UInt32(out var request).Enum<NatMapping>(out var mapping).Enum<NatFiltering>(out var filtering);
        reader = reader.LongBytes(out var candidates, 0, MaxSealedCandidatesLength)
            .List(static (SpanReader item, out string label) => item.Label(out label), out var devices, 0, MaxDevices);
        var good = reader.LongBytes(out var bundle, 1, MaxBundleLength).AtEnd;
        frame = good ? new RegistrationRequest(request, mapping, filtering, candidates, devices, bundle) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body)
    {
        new SpanWriter(body).UInt32(Request).Enum(Mapping).Enum(Filtering)
            .LongBytes(SealedCandidates, 0, MaxSealedCandidatesLength)
            .List(static (item, label) => item.Label(label), Devices, 0, MaxDevices)
            .LongBytes(Bundle, 1, MaxBundleLength)
            .End();
    }
}
