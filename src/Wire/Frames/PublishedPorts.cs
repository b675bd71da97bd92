namespace NTMobile.Wire.Frames;

/// <summary>Ports of one protocol that ordinary hosts may reach (docs/protocol.md §2): protocol (1: 6 TCP or 17 UDP), first port (2), last port (2).</summary>
/// <param name="Protocol">IP protocol, TCP or UDP.</param>
/// <param name="First">First port, not 0.</param>
/// <param name="Last">Last port, inclusive.</param>
public readonly record struct PublishedPorts(byte Protocol, ushort First, ushort Last)
{
    internal const int Size = 1 + 2 + 2;
    private const byte Tcp = 6;
    private const byte Udp = 17;

    /// <summary>Whether the fields are in their ranges.</summary>
    public bool IsGood => Protocol is Tcp or Udp && First != 0 && First <= Last;

    /// <summary>Whether any port is in both.</summary>
    public bool Overlaps(in PublishedPorts other) => Protocol == other.Protocol && First <= other.Last && other.First <= Last;

    internal static SpanReader Read(SpanReader reader, out PublishedPorts ports)
    {
        var next = reader.Byte(out var protocol).UInt16(out var first).UInt16(out var last);
        ports = new PublishedPorts(protocol, first, last);
        return ports.IsGood ? next : SpanReader.Failed;
    }

    internal static SpanWriter Write(SpanWriter writer, PublishedPorts ports) =>
        ports.IsGood
            ? writer.Byte(ports.Protocol).UInt16(ports.First).UInt16(ports.Last)
            : throw new ArgumentException($"The message cannot be written: {ports} are no ports.");
}
