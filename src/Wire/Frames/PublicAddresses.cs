using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>RS to DS, beside each <see cref="RelayKeyAck"/>: where published devices are reached through this RS. The DS answers with no other addresses.</summary>
/// <remarks>
/// <code>
///  0       1
///  +-------+-----------------------------------------+-------+--------------------------------------------+
///  | count | address (4), prefix length (1, 8–32) …  | count | address (16), prefix length (1, 32–96) …   |
///  +-------+-----------------------------------------+-------+--------------------------------------------+
///  0–64 networks of IPv4, 0 or 1 of IPv6
/// </code>
/// </remarks>
/// <param name="Networks">All of IPv4.</param>
/// <param name="Prefix6">That of IPv6; null: none.</param>
public sealed record PublicAddresses(PublicNetwork[] Networks, PublicPrefix6? Prefix6) : IFrame<PublicAddresses>
{
    /// <summary>Most networks.</summary>
    public const int MaxNetworks = 64;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublicAddresses;

    /// <inheritdoc/>
    public int BodyLength => 1 + (Networks.Length * PublicNetwork.Size) + 1 + (Prefix6 is null ? 0 : PublicPrefix6.Size);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublicAddresses frame)
    {
        var good = new SpanReader(body).List<PublicNetwork>(PublicNetwork.Read, out var networks, 0, MaxNetworks)
            .List<PublicPrefix6>(PublicPrefix6.Read, out var prefixes, 0, 1).AtEnd;
        frame = good ? new PublicAddresses(networks, prefixes is [var only] ? only : null) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body)
        .List(PublicNetwork.Write, Networks, 0, MaxNetworks).List<PublicPrefix6>(PublicPrefix6.Write, Prefix6 is { } prefix ? [prefix] : [], 0, 1).End();
}

/// <summary>A network of public IPv4 addresses.</summary>
/// <param name="Address">Its first address.</param>
/// <param name="Length">Prefix length, 8–32.</param>
public readonly record struct PublicNetwork(uint Address, byte Length)
{
    /// <summary>Shortest prefix.</summary>
    public const byte ShortestPrefix = 8;

    internal const int Size = 4 + 1;

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(uint address) => (ulong)(address ^ Address) >> (32 - Length) == 0;

    internal static SpanReader Read(SpanReader reader, out PublicNetwork network)
    {
        var next = reader.UInt32(out var address).Byte(out var length, ShortestPrefix, 32);
        network = new PublicNetwork(address, length);
        return next;
    }

    internal static SpanWriter Write(SpanWriter writer, PublicNetwork network) => writer.UInt32(network.Address).Byte(network.Length, ShortestPrefix, 32);
}

/// <summary>A prefix of public IPv6 addresses, in which every device has one of its own.</summary>
/// <param name="Address">Its first address; bits behind the prefix are zero.</param>
/// <param name="Length">Prefix length, 32–96.</param>
public readonly record struct PublicPrefix6(UInt128 Address, byte Length)
{
    /// <summary>Shortest prefix.</summary>
    public const byte Shortest = 32;

    /// <summary>Longest prefix: what is left is so large that two names seldom meet.</summary>
    public const byte Longest = 96;

    internal const int Size = 16 + 1;

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(UInt128 address) => (address ^ Address) >> (128 - Length) == 0;

    internal static SpanReader Read(SpanReader reader, out PublicPrefix6 prefix)
    {
        var next = reader.UInt128(out var address).Byte(out var length, Shortest, Longest);
        prefix = new PublicPrefix6(address, length);
        return IsGood(prefix) ? next : SpanReader.Failed;
    }

    internal static SpanWriter Write(SpanWriter writer, PublicPrefix6 prefix) => IsGood(prefix)
        ? writer.UInt128(prefix.Address).Byte(prefix.Length, Shortest, Longest)
        : throw new ArgumentException($"The message cannot be written: {prefix} is no prefix.");

    private static bool IsGood(PublicPrefix6 prefix) => prefix.Length is >= Shortest and <= Longest && prefix.Address << prefix.Length == 0;
}
