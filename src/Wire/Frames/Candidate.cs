using NTMobile.Packets;

namespace NTMobile.Wire.Frames;

/// <summary>How a node came to know an endpoint of its own.</summary>
public enum CandidateKind : byte
{
    /// <summary>An address of one of its uplinks.</summary>
    Host = 1,

    /// <summary>A server saw its datagrams come from there.</summary>
    Seen = 2,

    /// <summary>The NAT gave it by its own protocol (PCP, NAT-PMP, UPnP).</summary>
    Mapped = 3,
}

/// <summary>An endpoint at which a node may be reached. On the wire: kind (1), endpoint; a list begins with its count (1, 0–16).</summary>
/// <param name="Kind">How the node knows it.</param>
/// <param name="Endpoint">Address and port.</param>
public readonly record struct Candidate(CandidateKind Kind, Endpoint Endpoint)
{
    /// <summary>Most candidates in one message.</summary>
    public const int MaxCount = 16;

    /// <summary>A list as it stands in a message.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxCount"/>, or one of an unknown kind.</exception>
    public static byte[] ListBytes(Candidate[] candidates)
    {
        var bytes = new byte[LengthOf(candidates)];
        WriteList(new SpanWriter(bytes), candidates).End();
        return bytes;
    }

    /// <summary>Reads a list that fills the whole source.</summary>
    /// <returns>False, and an empty list: malformed.</returns>
    public static bool TryReadList(ReadOnlySpan<byte> source, out Candidate[] candidates)
    {
        var good = ReadList(new SpanReader(source), out candidates).AtEnd;
        candidates = good ? candidates : [];
        return good;
    }

    internal int Length => 1 + WireLength.Of(Endpoint);

    internal static int LengthOf(Candidate[] candidates) => WireLength.Of(candidates, static candidate => candidate.Length);

    internal static SpanReader ReadList(SpanReader reader, out Candidate[] candidates) =>
        reader.List(Read, out candidates, 0, MaxCount);

    internal static SpanWriter WriteList(SpanWriter writer, Candidate[] candidates) =>
        writer.List(Write, candidates, 0, MaxCount);

    private static SpanReader Read(SpanReader reader, out Candidate candidate)
    {
        var next = reader.Enum<CandidateKind>(out var kind).Endpoint(out var endpoint);
        candidate = new Candidate(kind, endpoint);
        return next;
    }

    private static SpanWriter Write(SpanWriter writer, Candidate candidate) => writer.Enum(candidate.Kind).Endpoint(candidate.Endpoint);
}
