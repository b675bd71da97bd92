using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>RS to DS, beside each <see cref="RelayKeyAck"/>: where published devices are reached through this RS. The DS answers with no other addresses.</summary>
/// <remarks>
/// <code>
///  0       1
///  +-------+-------------------------------------------+
///  | count | address (4), prefix length (1, 8–32) …    |
///  +-------+-------------------------------------------+
///  0–64 networks of IPv4
/// </code>
/// </remarks>
/// <param name="Networks">All of them.</param>
public sealed record PublicAddresses(PublicNetwork[] Networks) : IFrame<PublicAddresses>
{
    /// <summary>Most networks.</summary>
    public const int MaxNetworks = 64;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublicAddresses;

    /// <inheritdoc/>
    public int BodyLength => 1 + (Networks.Length * PublicNetwork.Size);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublicAddresses frame)
    {
        var good = new SpanReader(body).List<PublicNetwork>(PublicNetwork.Read, out var networks, 0, MaxNetworks).AtEnd;
        frame = good ? new PublicAddresses(networks) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).List(PublicNetwork.Write, Networks, 0, MaxNetworks).End();
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
