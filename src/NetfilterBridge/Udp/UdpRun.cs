using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

// What one slot received; filled by UdpSocket.
internal unsafe struct UdpRunRecord
{
    public byte* Bytes;
    public int Length;
    public int DatagramSize;
    public int Interface;
    public byte Tos;
    public Endpoint From;
    public Endpoint Local;
}

/// <summary>
/// Datagrams from one sender that were received together: all have the same size but the last, which may be shorter. Borrowed until
/// the socket's next Receive; the bytes may be overwritten.
/// </summary>
public readonly unsafe ref struct UdpRun
{
    private readonly UdpRunRecord* _record;

    internal UdpRun(UdpRunRecord* record) => _record = record;

    /// <summary>All datagrams, one after the other.</summary>
    public Span<byte> Bytes => new(_record->Bytes, _record->Length);

    /// <summary>Bytes of each datagram but the last; at least 1.</summary>
    public int DatagramSize => _record->DatagramSize;

    /// <summary>How many datagrams.</summary>
    public int Count => _record->Length == 0 ? 1 : (_record->Length + _record->DatagramSize - 1) / _record->DatagramSize;

    /// <summary>Who sent them.</summary>
    public Endpoint From => _record->From;

    /// <summary>Address they were sent to, with the socket's port.</summary>
    public Endpoint Local => _record->Local;

    /// <summary>Number of the interface they came in by.</summary>
    public int Interface => _record->Interface;

    /// <summary>Type of service or traffic class: DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte Tos => _record->Tos;
}
