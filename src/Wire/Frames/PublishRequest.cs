using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Wire.Frames;

/// <summary>Node to RS: let ordinary hosts reach these devices, and no others, at public addresses of yours.</summary>
/// <remarks>
/// <code>
///  0             4       5
///  +-------------+-------+--------------------------------------------------------------------------------+
///  | request (4) | count | label, own address (4), former address (4), count (1–16), ports (5 each) …     |
///  +-------------+-------+--------------------------------------------------------------------------------+
///  0–16 devices; an address is one of IPv4, the former one 0 where there was none; ports in order, without overlaps
/// </code>
/// </remarks>
/// <param name="Request">Comes back in the <see cref="PublishResponse"/>.</param>
/// <param name="Devices">All devices that the node publishes; what was asked for before and does not stand here ends.</param>
public sealed record PublishRequest(uint Request, PublishedDevice[] Devices) : IFrame<PublishRequest>
{
    /// <summary>Most devices of one node.</summary>
    public const int MaxDevices = 16;

    /// <inheritdoc/>
    public static FrameType Type => FrameType.PublishRequest;

    /// <inheritdoc/>
    public int BodyLength => 4 + WireLength.Of(Devices, PublishedDevice.LengthOf);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out PublishRequest frame)
    {
        var good = new SpanReader(body).UInt32(out var request).List<PublishedDevice>(PublishedDevice.Read, out var devices, 0, MaxDevices).AtEnd;
        frame = good ? new PublishRequest(request, devices) : null;
        return good;
    }

    /// <inheritdoc/>
    public void WriteBody(Span<byte> body) => new SpanWriter(body).UInt32(Request).List(PublishedDevice.Write, Devices, 0, MaxDevices).End();
}

/// <summary>A device in a <see cref="PublishRequest"/>.</summary>
/// <param name="Label">Its label under the node's name; the address is kept for it, whatever its own address is.</param>
/// <param name="Own">Its own IPv4 address on the LAN.</param>
/// <param name="Former">The public IPv4 address that it had before, which it would like to have again; 0: none.</param>
/// <param name="Ports">What may be reached: TCP before UDP, in order of the ports, without overlaps.</param>
public sealed record PublishedDevice(string Label, uint Own, uint Former, PublishedPorts[] Ports)
{
    /// <summary>Most ranges of ports of one device.</summary>
    public const int MaxRanges = 16;

    internal static int LengthOf(PublishedDevice device) =>
        WireLength.Of(device.Label) + 4 + 4 + 1 + (device.Ports.Length * PublishedPorts.Size);

    internal static SpanReader Read(SpanReader reader, out PublishedDevice device)
    {
        var next = reader.Label(out var label).UInt32(out var own).UInt32(out var former)
            .List<PublishedPorts>(PublishedPorts.Read, out var ports, 1, MaxRanges);
        device = new PublishedDevice(label, own, former, ports);
        return IsInOrder(ports) ? next : SpanReader.Failed;
    }

    internal static SpanWriter Write(SpanWriter writer, PublishedDevice device) => !IsInOrder(device.Ports)
        ? throw new ArgumentException("The message cannot be written: ports are not in order.")
        : writer.Label(device.Label).UInt32(device.Own).UInt32(device.Former).List(PublishedPorts.Write, device.Ports, 1, MaxRanges);

    private static bool IsInOrder(PublishedPorts[] ports) =>
        ports.Zip(ports.Skip(1)).All(pair => pair.First.Protocol < pair.Second.Protocol || (pair.First.Protocol == pair.Second.Protocol && pair.First.Last < pair.Second.First));
}
